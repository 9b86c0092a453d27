package io.dhara.core.registry;

import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.StoreConfig;
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

/**
 * A folder of YAML files as one snapshot: {@code stores.yaml}, {@code security.yaml} and any number
 * of files that each describe one entity. Every problem of every file is found in one pass. The
 * form is documented in {@code docs/formats/schemas.md}.
 */
public final class YamlSchemas {
    static final String STORES_FILE = "stores.yaml";
    static final String SECURITY_FILE = "security.yaml";

    private YamlSchemas() {}

    /**
     * The texts of a folder's {@code *.yaml} files by file name, sorted.
     *
     * @throws UncheckedIOException if the folder or a file cannot be read
     */
    public static Map<String, String> readFolder(Path folder) {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.list(folder)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                String name = path.getFileName().toString();
                if (name.endsWith(".yaml") && !name.startsWith(".") && Files.isRegularFile(path)) {
                    files.put(name, Files.readString(path));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("schema folder " + folder + " cannot be read: " + e, e);
        }
        return files;
    }

    /**
     * Parses and checks.
     *
     * @param source names the folder in the error
     * @param files text by file name
     * @throws InvalidSchemasException with every problem, each with its file and line
     */
    public static SchemaSnapshot read(String source, long revision, Map<String, String> files) {
        Parsed parsed = parse(source, revision, files);
        List<SchemaProblem> problems =
                SnapshotValidator.check(parsed.snapshot()).stream()
                        .map(violation -> violation.at(parsed.places()))
                        .toList();
        if (!problems.isEmpty()) {
            throw new InvalidSchemasException(source, problems);
        }
        return parsed.snapshot();
    }

    /**
     * Parses without the checks that look at more than one field, so that a caller can complete
     * what was left open (see {@link SegmentAllocator}).
     *
     * @throws InvalidSchemasException with every problem, each with its file and line
     */
    public static SchemaSnapshot parseOnly(
            String source, long revision, Map<String, String> files) {
        return parse(source, revision, files).snapshot();
    }

    /**
     * @param places file and line by entity, by {@code entity/group} and by {@code store id}
     */
    private record Parsed(SchemaSnapshot snapshot, Map<String, String> places) {}

    private static Parsed parse(String source, long revision, Map<String, String> files) {
        List<SchemaProblem> problems = new ArrayList<>();
        Map<String, String> places = new HashMap<>();
        Map<String, EntitySchema> entities = new TreeMap<>();
        Map<String, StoreConfig> stores = Map.of();
        SecurityYaml security = SecurityYaml.NONE;
        for (Map.Entry<String, String> file : files.entrySet()) {
            String name = file.getKey();
            YamlNode root;
            try {
                root = YamlNode.parse(file.getValue());
            } catch (YamlNode.MalformedYamlException e) {
                problems.add(new SchemaProblem(name + " line " + e.line(), e.getMessage()));
                continue;
            }
            switch (name) {
                case STORES_FILE -> stores = StoresYaml.read(name, root, places, problems);
                case SECURITY_FILE -> security = SecurityYaml.read(name, root, problems);
                default -> {
                    EntitySchema entity = EntityYaml.read(name, root, places, problems);
                    if (entity != null && entities.put(entity.label(), entity) != null) {
                        problems.add(
                                new SchemaProblem(
                                        name,
                                        "entity "
                                                + entity.label()
                                                + " is described by another file already"));
                    }
                }
            }
        }
        if (!files.containsKey(STORES_FILE)) {
            problems.add(new SchemaProblem(STORES_FILE, "is missing; it names the stores"));
        }
        if (!problems.isEmpty()) {
            throw new InvalidSchemasException(source, problems);
        }
        return new Parsed(
                new SchemaSnapshot(
                        revision, entities, stores, security.readers(), security.writers()),
                places);
    }
}
