package io.dhara.graph.config;

import io.dhara.core.registry.SchemaProblem;
import io.dhara.core.registry.YamlFields;
import io.dhara.core.registry.YamlNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads graphs in this project's own form, documented in {@code docs/formats/graph-definitions.md}.
 * A file describes one graph, or shares nodes and expressions with all graphs beside it. Stateless.
 */
final class GraphYaml {
    private GraphYaml() {}

    /**
     * What files share.
     *
     * @param nodes by name
     * @param expressions texts by the id that BharatMLStack's configs call them by
     */
    record Shared(Map<String, SharedNode> nodes, Map<String, String> expressions) {
        static final Shared NONE = new Shared(Map.of(), Map.of());
    }

    record SharedNode(String file, YamlNode node) {}

    /** Whether the document describes a graph; otherwise it shares something. */
    static boolean isGraph(YamlNode root) {
        return root.fields().containsKey("graph");
    }

    /** Adds what a file shares. */
    static void readShared(
            String file,
            YamlNode root,
            Map<String, SharedNode> nodes,
            Map<String, String> expressions,
            List<SchemaProblem> problems) {
        YamlFields fields = new YamlFields(file, "shared nodes", root, problems);
        fields.map("nodes")
                .forEach(
                        (name, node) -> {
                            SharedNode taken = nodes.putIfAbsent(name, new SharedNode(file, node));
                            if (taken != null) {
                                fields.problem(
                                        node, "node " + name + " is shared by " + taken.file());
                            }
                        });
        YamlNode texts = fields.node("expressions");
        if (texts != null) {
            YamlFields each = new YamlFields(file, "expressions", texts, problems);
            for (String id : fields.map("expressions").keySet()) {
                if (expressions.putIfAbsent(id, each.requiredText(id)) != null) {
                    each.problem(null, "expression " + id + " is shared twice: rename one");
                }
            }
        }
        fields.finish();
    }

    /** Reads a graph; what is wrong with it is in {@link GraphDefinition#problems()}. */
    static GraphDefinition read(String file, YamlNode root, Shared shared) {
        List<SchemaProblem> problems = new ArrayList<>();
        String model = root.fields().get("graph").text().trim();
        YamlFields fields = new YamlFields(file, "graph " + model, root, problems);
        fields.requiredText("graph");
        List<GraphDefinition.Input> inputs = inputs(file, fields, "inputs", problems);
        List<GraphDefinition.Input> slateInputs = inputs(file, fields, "slate-inputs", problems);
        List<ComponentDefinition> components = new ArrayList<>();
        fields.map("nodes")
                .forEach(
                        (name, node) -> {
                            ComponentDefinition component =
                                    NodeYaml.read(file, name, node, shared, problems);
                            if (component != null) {
                                components.add(component);
                            }
                        });
        GraphDefinition.Log log = GraphDefinition.Log.NONE;
        YamlNode logNode = fields.node("log");
        if (logNode != null) {
            YamlFields logFields = new YamlFields(file, "log of " + model, logNode, problems);
            log =
                    new GraphDefinition.Log(
                            logFields.requiredInteger("percent"),
                            logFields.texts("columns"),
                            logFields.integer(
                                    "batch-rows", GraphDefinition.Log.DEFAULT_BATCH_ROWS));
            logFields.finish();
        }
        GraphDefinition definition =
                new GraphDefinition(
                        model,
                        file,
                        fields.integer("version", 0),
                        inputs,
                        components,
                        slateInputs,
                        fields.texts("answer"),
                        fields.integer("model-inputs-percent", 0),
                        log,
                        List.of(),
                        List.of());
        fields.finish();
        return definition.with(problems);
    }

    /** A map of columns: each is {@code name: Type} or {@code name: {type, vector-length, row}}. */
    static List<GraphDefinition.Input> inputs(
            String file, YamlFields of, String field, List<SchemaProblem> problems) {
        List<GraphDefinition.Input> inputs = new ArrayList<>();
        new LinkedHashMap<>(of.map(field))
                .forEach(
                        (name, node) -> {
                            if (node.kind() == YamlNode.Kind.TEXT) {
                                inputs.add(
                                        new GraphDefinition.Input(
                                                name, node.text().trim(), 0, false));
                                return;
                            }
                            YamlFields fields =
                                    new YamlFields(file, "column " + name, node, problems);
                            inputs.add(
                                    new GraphDefinition.Input(
                                            name,
                                            fields.text("type", "String"),
                                            fields.integer("vector-length", 0),
                                            fields.bool("row", false)));
                            fields.finish();
                        });
        return inputs;
    }
}
