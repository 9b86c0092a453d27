package io.dhara.graph.config;

import io.dhara.core.config.Units;
import io.dhara.core.registry.SchemaProblem;
import io.dhara.core.registry.YamlFields;
import io.dhara.core.registry.YamlNode;
import io.dhara.graph.ModelNode;
import io.dhara.graph.NodePolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one node of a graph in YAML, its own fields laid over those of the node it uses. */
final class NodeYaml {
    private static final int DEFAULT_BATCH_SIZE = 100;
    private static final int DEFAULT_CANDIDATES = 500;

    private final String file;
    private final String name;
    private final YamlFields fields;
    private final List<SchemaProblem> problems;

    private NodeYaml(String file, String name, YamlNode node, List<SchemaProblem> problems) {
        this.file = file;
        this.name = name;
        this.problems = problems;
        this.fields = new YamlFields(file, "node " + name, node, problems);
    }

    /** Null when its kind is none. */
    static @Nullable ComponentDefinition read(
            String file,
            String name,
            YamlNode node,
            GraphYaml.Shared shared,
            List<SchemaProblem> problems) {
        YamlNode use = node.fields().get("use");
        if (use == null) {
            return new NodeYaml(file, name, node, problems).read();
        }
        GraphYaml.SharedNode used = shared.nodes().get(use.text().trim());
        if (used == null) {
            problems.add(
                    new SchemaProblem(
                            file + " line " + use.line(),
                            "node "
                                    + name
                                    + " uses "
                                    + use.text().trim()
                                    + ", which no file shares: shared are "
                                    + shared.nodes().keySet().stream().sorted().toList()));
            return null;
        }
        Map<String, YamlNode> merged = new LinkedHashMap<>(used.node().fields());
        merged.putAll(node.fields());
        merged.remove("use");
        YamlNode whole = new YamlNode(YamlNode.Kind.MAP, node.line(), merged, List.of(), "");
        String places = file + " with " + used.file();
        return new NodeYaml(places, name, whole, problems).read();
    }

    private @Nullable ComponentDefinition read() {
        ComponentDefinition.Head head = head();
        String kind = fields.requiredText("kind");
        ComponentDefinition component =
                switch (kind) {
                    case "features" -> features(head);
                    case "model" -> model(head);
                    case "expression" -> expression(head);
                    case "candidates" -> candidates(head);
                    default -> {
                        fields.problem(
                                fields.node("kind"),
                                "kind of node "
                                        + name
                                        + " must be features, model, expression or candidates: got "
                                        + kind);
                        yield null;
                    }
                };
        if (component != null) {
            fields.finish();
        }
        return component;
    }

    private ComponentDefinition.Head head() {
        String onFailure = fields.text("on-failure", "degrade");
        if (!onFailure.equals("degrade") && !onFailure.equals("fail")) {
            fields.problem(
                    fields.node("on-failure"),
                    "on-failure of node " + name + " must be degrade or fail: got " + onFailure);
        }
        NodePolicy policy =
                new NodePolicy(
                        duration("timeout"),
                        fields.integer("retries", 0),
                        duration("backoff"),
                        onFailure.equals("fail")
                                ? NodePolicy.OnFailure.FAIL
                                : NodePolicy.OnFailure.DEGRADE);
        return new ComponentDefinition.Head(
                name,
                fields.node("after") == null ? null : fields.texts("after"),
                policy,
                fields.node("when") == null ? null : fields.requiredText("when"),
                texts(fields, "with"),
                fields.bool("slate", false));
    }

    private Duration duration(String field) {
        String text = fields.text(field, "");
        try {
            return text.isEmpty() ? Duration.ZERO : Units.duration(text);
        } catch (IllegalArgumentException | ArithmeticException e) {
            fields.problem(
                    fields.node(field),
                    field + " of node " + name + " " + e.getMessage() + ": got " + text);
            return Duration.ZERO;
        }
    }

    /** A map of plain values. */
    private Map<String, String> texts(YamlFields of, String field) {
        YamlNode node = of.node(field);
        Map<String, String> texts = new LinkedHashMap<>();
        if (node != null) {
            YamlFields each = new YamlFields(file, field + " of node " + name, node, problems);
            node.fields().keySet().forEach(key -> texts.put(key, each.requiredText(key)));
        }
        return texts;
    }

    private ComponentDefinition features(ComponentDefinition.Head head) {
        List<ComponentDefinition.Key> keys = new ArrayList<>();
        YamlNode keyNode = fields.requiredNode("keys");
        if (keyNode != null && keyNode.kind() == YamlNode.Kind.LIST) {
            fields.texts("keys").forEach(key -> keys.add(new ComponentDefinition.Key(key, key)));
        } else {
            texts(fields, "keys")
                    .forEach((key, column) -> keys.add(new ComponentDefinition.Key(key, column)));
        }
        YamlNode groupNode = fields.requiredNode("groups");
        List<ComponentDefinition.Group> groups = new ArrayList<>();
        if (groupNode != null) {
            YamlFields each = new YamlFields(file, "groups of node " + name, groupNode, problems);
            for (Map.Entry<String, YamlNode> group : fields.map("groups").entrySet()) {
                groups.add(group(group.getKey(), group.getValue(), each));
            }
        }
        return new ComponentDefinition.Features(
                head,
                fields.requiredText("entity"),
                keys,
                fields.node("composite-key") == null ? null : fields.requiredText("composite-key"),
                fields.text("prefix", ""),
                groups,
                fields.bool("query-with-defaults", false));
    }

    private ComponentDefinition.Group group(String label, YamlNode node, YamlFields groups) {
        if (node.kind() == YamlNode.Kind.LIST) {
            return new ComponentDefinition.Group(label, null, groups.texts(label));
        }
        YamlFields group = new YamlFields(file, "group " + label, node, problems);
        ComponentDefinition.Group read =
                new ComponentDefinition.Group(
                        label,
                        group.node("type") == null ? null : group.text("type", ""),
                        group.texts("features"));
        group.finish();
        return read;
    }

    private ComponentDefinition model(ComponentDefinition.Head head) {
        String protocol = fields.text("protocol", "grpc");
        if (!protocol.equals("grpc") && !protocol.equals("http")) {
            fields.problem(
                    fields.node("protocol"),
                    "protocol of node " + name + " must be grpc or http: got " + protocol);
        }
        List<ModelNode.Target> targets = targets("targets", false);
        if (fields.node("endpoint") != null) {
            targets.add(
                    new ModelNode.Target(
                            fields.text("endpoint", ""),
                            fields.requiredText("model"),
                            fields.text("model-version", ""),
                            100));
        }
        List<ComponentDefinition.ModelInput> inputs = new ArrayList<>();
        fields.map("inputs").forEach((tensor, node) -> inputs.add(modelInput(tensor, node)));
        List<ComponentDefinition.ModelOutput> outputs = new ArrayList<>();
        fields.map("outputs").forEach((tensor, node) -> outputs.add(modelOutput(tensor, node)));
        return new ComponentDefinition.Model(
                head,
                protocol.equals("http")
                        ? ModelNode.Protocol.HTTP_INVOCATIONS
                        : ModelNode.Protocol.OPEN_INFERENCE_GRPC,
                targets,
                targets("shadows", true),
                fields.integer("batch-size", DEFAULT_BATCH_SIZE),
                fields.text("calibration", ""),
                inputs,
                outputs);
    }

    private List<ModelNode.Target> targets(String field, boolean allByDefault) {
        List<ModelNode.Target> targets = new ArrayList<>();
        for (YamlNode node : fields.list(field)) {
            YamlFields target = new YamlFields(file, field + " of node " + name, node, problems);
            targets.add(
                    new ModelNode.Target(
                            target.requiredText("endpoint"),
                            target.requiredText("model"),
                            target.text("model-version", ""),
                            allByDefault
                                    ? target.integer("percent", 100)
                                    : target.requiredInteger("percent")));
            target.finish();
        }
        return targets;
    }

    private ComponentDefinition.ModelInput modelInput(String tensor, YamlNode node) {
        YamlFields input = new YamlFields(file, "tensor " + tensor, node, problems);
        List<String> columns = input.texts("columns");
        List<Integer> shape = new ArrayList<>();
        for (String dimension : input.texts("shape")) {
            shape.add(wholeNumber(input, "shape", dimension));
        }
        if (input.node("shape") == null) {
            shape.add(columns.size());
        }
        ComponentDefinition.ModelInput read =
                new ComponentDefinition.ModelInput(
                        tensor, input.text("type", "FP32"), shape, columns);
        input.finish();
        return read;
    }

    private static int wholeNumber(YamlFields of, String field, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            of.problem(of.node(field), field + " must hold whole numbers: got " + text);
            return 1;
        }
    }

    private ComponentDefinition.ModelOutput modelOutput(String tensor, YamlNode node) {
        YamlFields output = new YamlFields(file, "tensor " + tensor, node, problems);
        List<ComponentDefinition.Score> scores = new ArrayList<>();
        YamlNode scoreNode = output.requiredNode("scores");
        if (scoreNode != null && scoreNode.kind() == YamlNode.Kind.MAP) {
            texts(output, "scores")
                    .forEach(
                            (column, elements) ->
                                    scores.add(
                                            new ComponentDefinition.Score(
                                                    column,
                                                    wholeNumber(output, "scores", elements))));
        } else {
            output.texts("scores")
                    .forEach(column -> scores.add(new ComponentDefinition.Score(column, 1)));
        }
        ComponentDefinition.ModelOutput read =
                new ComponentDefinition.ModelOutput(tensor, output.text("type", "FP32"), scores);
        output.finish();
        return read;
    }

    private ComponentDefinition expression(ComponentDefinition.Head head) {
        return new ComponentDefinition.Computed(
                head,
                fields.text("column", name),
                fields.text("type", "FP32"),
                fields.integer("vector-length", 0),
                fields.requiredText("expression"));
    }

    private ComponentDefinition candidates(ComponentDefinition.Head head) {
        return new ComponentDefinition.Candidates(
                head,
                fields.requiredText("generator"),
                fields.requiredText("endpoint"),
                fields.integer("limit", DEFAULT_CANDIDATES),
                fields.node("sends") == null ? null : fields.texts("sends"),
                GraphYaml.inputs(file, fields, "values", problems));
    }
}
