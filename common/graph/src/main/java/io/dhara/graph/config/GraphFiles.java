package io.dhara.graph.config;

import io.dhara.core.registry.SchemaProblem;
import io.dhara.core.registry.YamlNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A folder of graph definitions, as texts by file name. Stateless. */
public final class GraphFiles {
    private GraphFiles() {}

    /**
     * What the files hold.
     *
     * @param definitions by model id; each may have problems of its own
     * @param files the file of each model
     * @param problems by file, of files of which not even the model is known
     * @param expressions texts by the id that model configs call them by
     */
    public record Read(
            Map<String, GraphDefinition> definitions,
            Map<String, String> files,
            Map<String, List<SchemaProblem>> problems,
            Map<String, String> expressions) {}

    /**
     * The texts of a folder's {@code *.yaml} and {@code *.json} files by file name, sorted.
     *
     * @throws UncheckedIOException if the folder or a file cannot be read
     */
    public static Map<String, String> readFolder(Path folder) {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.list(folder)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                String name = path.getFileName().toString();
                boolean graph = name.endsWith(".yaml") || name.endsWith(".json");
                if (graph && !name.startsWith(".") && Files.isRegularFile(path)) {
                    files.put(name, Files.readString(path));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("graph folder " + folder + " cannot be read: " + e, e);
        }
        return files;
    }

    /** Reads all files; nothing is looked up in schemas yet. */
    public static Read read(Map<String, String> files) {
        Map<String, List<SchemaProblem>> problems = new TreeMap<>();
        Map<String, YamlNode> roots = new TreeMap<>();
        Map<String, GraphYaml.SharedNode> nodes = new HashMap<>();
        Map<String, String> expressions = new HashMap<>();
        for (Map.Entry<String, String> file : files.entrySet()) {
            String name = file.getKey();
            if (!name.endsWith(".yaml")) {
                continue;
            }
            List<SchemaProblem> found = new ArrayList<>();
            try {
                YamlNode root = YamlNode.parse(file.getValue());
                if (GraphYaml.isGraph(root)) {
                    roots.put(name, root);
                } else {
                    GraphYaml.readShared(name, root, nodes, expressions, found);
                }
            } catch (YamlNode.MalformedYamlException e) {
                found.add(new SchemaProblem(name + " line " + e.line(), e.getMessage()));
            }
            if (!found.isEmpty()) {
                problems.put(name, found);
            }
        }
        GraphYaml.Shared shared = new GraphYaml.Shared(nodes, expressions);
        Map<String, GraphDefinition> definitions = new TreeMap<>();
        Map<String, String> places = new TreeMap<>();
        for (Map.Entry<String, YamlNode> root : roots.entrySet()) {
            GraphDefinition definition = GraphYaml.read(root.getKey(), root.getValue(), shared);
            String taken = places.putIfAbsent(definition.model(), root.getKey());
            if (taken == null) {
                definitions.put(definition.model(), definition);
            } else {
                problems.put(
                        root.getKey(),
                        List.of(
                                new SchemaProblem(
                                        root.getKey(),
                                        "graph "
                                                + definition.model()
                                                + " is described by "
                                                + taken
                                                + " already: give one another name")));
            }
        }
        for (Map.Entry<String, String> file : files.entrySet()) {
            if (file.getKey().endsWith(".json")) {
                readModelConfig(
                        file.getKey(), file.getValue(), shared, definitions, places, problems);
            }
        }
        return new Read(definitions, places, problems, expressions);
    }

    /** A model config of BharatMLStack; the model is called as the file. */
    private static void readModelConfig(
            String file,
            String text,
            GraphYaml.Shared shared,
            Map<String, GraphDefinition> definitions,
            Map<String, String> places,
            Map<String, List<SchemaProblem>> problems) {
        String model = file.substring(0, file.length() - ".json".length());
        String taken = places.putIfAbsent(model, file);
        if (taken != null) {
            problems.put(
                    file,
                    List.of(
                            new SchemaProblem(
                                    file,
                                    "graph "
                                            + model
                                            + " is described by "
                                            + taken
                                            + " already: give one another name")));
            return;
        }
        try {
            definitions.put(
                    model,
                    ModelConfigJson.read(
                            model, file, ModelConfigJson.parse(text), shared.expressions()));
        } catch (ModelConfigJson.MalformedJsonException e) {
            problems.put(file, List.of(new SchemaProblem(file, e.getMessage())));
        }
    }
}
