package io.dhara.graph.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dhara.core.registry.SchemaProblem;
import io.dhara.graph.ModelNode;
import io.dhara.graph.NodePolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads BharatMLStack's model configs. A dependency map lists what a component waits for; its root
 * is {@code feature_initializer}. Columns that nothing fills are inputs; how is told in {@link
 * InferredInputs}. Stateless but for one reading.
 */
final class ModelConfigJson {
    static final String ROOT = "feature_initializer";

    private static final String MODEL_VERSION = "1";
    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .build();

    private final String model;
    private final String source;
    private final Map<String, String> expressions;
    private final List<SchemaProblem> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<ComponentDefinition> components = new ArrayList<>();
    private final Map<String, List<String>> waitsFor = new LinkedHashMap<>();

    private ModelConfigJson(String model, String source, Map<String, String> expressions) {
        this.model = model;
        this.source = source;
        this.expressions = expressions;
    }

    /** A text that is no JSON. */
    static final class MalformedJsonException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedJsonException(String message) {
            super(message);
        }
    }

    static JsonNode parse(String text) throws MalformedJsonException {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            String at = e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
            throw new MalformedJsonException("is no JSON" + at + ": " + e.getOriginalMessage());
        }
    }

    /**
     * What is wrong with it is in {@link GraphDefinition#problems()}.
     *
     * @param expressions texts by {@code compute_id}
     */
    static GraphDefinition read(
            String model, String source, JsonNode config, Map<String, String> expressions) {
        return new ModelConfigJson(model, source, expressions).read(config);
    }

    private GraphDefinition read(JsonNode config) {
        JsonFields root = new JsonFields(source, "model " + model, config, problems);
        readDependencies(root.object("dag_execution_config"));
        JsonFields parts = root.object("component_config");
        parts.objects("feature_components").forEach(this::addFeatures);
        parts.objects("predator_components").forEach(this::addModel);
        parts.objects("numerix_components").forEach(this::addExpression);
        checkDependencies();
        if (parts.bool("cache_enabled")) {
            warnings.add(
                    "component_config has cache_enabled, which is not used: features are cached as"
                            + " their entities' schemas say");
        }
        JsonFields response = root.object("response_config");
        List<String> answer = response.texts("features");
        InferredInputs inputs = InferredInputs.of(components, answer);
        if (!answer.isEmpty() && inputs.fills(answer.get(0))) {
            response.problem(
                    "begins features with "
                            + answer.get(0)
                            + ", which a component fills: the first is the id column of the rows");
        }
        int batchRows = response.integer("log_batch_size", 0);
        return new GraphDefinition(
                model,
                source,
                parts.integer("cache_version", 0),
                inputs.ofRows(),
                components,
                inputs.ofSlates(),
                answer,
                response.integer("model_schema_features_perc", 0),
                new GraphDefinition.Log(
                        response.integer("logging_perc", 0),
                        response.bool("log_features") ? List.of() : logged(),
                        batchRows == 0 ? GraphDefinition.Log.DEFAULT_BATCH_ROWS : batchRows),
                problems,
                warnings);
    }

    private void readDependencies(JsonFields fields) {
        JsonFields map = fields.object("component_dependency");
        JsonNode dependencies = fields.node("component_dependency");
        if (dependencies == null || dependencies.isEmpty()) {
            fields.problem("needs component_dependency with what each component waits for");
            return;
        }
        for (Map.Entry<String, JsonNode> entry : dependencies.properties()) {
            List<String> names = new ArrayList<>();
            if (!entry.getValue().isArray()) {
                map.problem("must list what " + entry.getKey() + " waits for");
            }
            entry.getValue().forEach(name -> names.add(name.asText()));
            waitsFor.put(entry.getKey(), names);
        }
        List<String> root = waitsFor.getOrDefault(ROOT, List.of());
        if (!root.isEmpty()) {
            map.problem(
                    "lets "
                            + ROOT
                            + " wait for "
                            + root
                            + ": the map is the wrong way round; list under each component what it"
                            + " waits for");
        }
    }

    /** Each component runs, after the root; each name is a component. */
    private void checkDependencies() {
        Set<String> mentioned = new HashSet<>();
        waitsFor.forEach(
                (name, names) -> {
                    mentioned.addAll(names);
                    if (!names.isEmpty()) {
                        mentioned.add(name);
                    }
                });
        Set<String> known = new HashSet<>();
        for (ComponentDefinition component : components) {
            String name = component.head().name();
            known.add(name);
            if (component.head().slate()) {
                continue;
            }
            if (!mentioned.contains(name)) {
                problem(
                        name,
                        "is in no dependency and would never run: add it to component_dependency"
                                + " with what it waits for");
            } else if (waitsFor.getOrDefault(name, List.of()).isEmpty()) {
                problem(
                        name,
                        "waits for nothing and so is a root beside "
                                + ROOT
                                + ": let it wait for "
                                + ROOT);
            }
        }
        for (String name : waitsFor.keySet()) {
            if (!known.contains(name) && !name.equals(ROOT)) {
                problem(name, "is in component_dependency and is described nowhere: describe it");
            }
        }
    }

    private void problem(String component, String text) {
        problems.add(new SchemaProblem(source, "component " + component + " " + text));
    }

    private ComponentDefinition.Head head(
            String name, Duration timeout, boolean slate, Map<String, String> names) {
        List<String> after =
                waitsFor.getOrDefault(name, List.of()).stream()
                        .filter(each -> !each.equals(ROOT))
                        .toList();
        NodePolicy policy = new NodePolicy(timeout, 0, Duration.ZERO, NodePolicy.OnFailure.DEGRADE);
        boolean inferred = slate && !waitsFor.containsKey(name);
        return new ComponentDefinition.Head(
                name, inferred ? null : after, policy, null, names, slate);
    }

    private void addFeatures(JsonFields unnamed) {
        String name = unnamed.requiredText("component");
        JsonFields fields = unnamed.called(name);
        String id = fields.requiredText("component_id");
        List<ComponentDefinition.Key> keys = new ArrayList<>();
        for (JsonFields key : fields.objects("fs_keys")) {
            keys.add(
                    new ComponentDefinition.Key(
                            key.requiredText("schema"), key.requiredText("col")));
        }
        JsonFields request = fields.object("fs_request");
        List<ComponentDefinition.Group> groups = new ArrayList<>();
        for (JsonFields group : request.objects("featureGroups")) {
            String type = group.text("data_type");
            groups.add(
                    new ComponentDefinition.Group(
                            group.requiredText("label"),
                            type.isEmpty() ? null : type,
                            group.texts("features")));
        }
        components.add(
                new ComponentDefinition.Features(
                        head(name, Duration.ZERO, false, Map.of()),
                        request.requiredText("label"),
                        keys,
                        fields.bool("composite_id") ? id : null,
                        fields.text("col_name_prefix"),
                        groups,
                        false));
    }

    private void addModel(JsonFields unnamed) {
        String name = unnamed.requiredText("component");
        JsonFields fields = unnamed.called(name);
        int deadline = fields.integer("deadline", 0);
        if (deadline <= 0) {
            fields.problem("has a deadline of " + deadline + " ms: must be at least 1");
        }
        List<ComponentDefinition.ModelInput> inputs = new ArrayList<>();
        for (JsonFields input : fields.objects("inputs")) {
            JsonNode shape = input.node("shape");
            inputs.add(
                    new ComponentDefinition.ModelInput(
                            input.requiredText("name"),
                            input.requiredText("data_type"),
                            shape == null ? List.of() : input.integers("shape", shape),
                            input.texts("features").stream()
                                    .map(ModelConfigJson::withoutType)
                                    .toList()));
        }
        List<ComponentDefinition.ModelOutput> outputs = new ArrayList<>();
        fields.objects("outputs").forEach(output -> outputs.add(output(output)));
        components.add(
                new ComponentDefinition.Model(
                        head(
                                name,
                                Duration.ofMillis(Math.max(deadline, 0)),
                                fields.bool("slate_component"),
                                Map.of()),
                        ModelNode.Protocol.OPEN_INFERENCE_GRPC,
                        targets(fields),
                        List.of(),
                        fields.integer("batch_size", 0),
                        fields.text("calibration"),
                        inputs,
                        outputs));
    }

    private static List<ModelNode.Target> targets(JsonFields fields) {
        String modelName = fields.requiredText("model_name");
        List<ModelNode.Target> targets = new ArrayList<>();
        List<JsonFields> endpoints = fields.objects("model_end_points");
        for (JsonFields endpoint : endpoints) {
            int percent = endpoint.integer("percentage", 0);
            targets.add(
                    new ModelNode.Target(
                            endpoint.requiredText("endpoint"),
                            modelName,
                            MODEL_VERSION,
                            percent == 0 && endpoints.size() == 1 ? 100 : percent));
        }
        String one = fields.text("model_end_point");
        if (targets.isEmpty() && !one.isEmpty()) {
            targets.add(new ModelNode.Target(one, modelName, MODEL_VERSION, 100));
        }
        return targets;
    }

    private static ComponentDefinition.ModelOutput output(JsonFields output) {
        List<String> names = output.texts("model_scores");
        List<Integer> elements = new ArrayList<>();
        for (JsonNode dims : output.items("model_scores_dims")) {
            long product = 1;
            for (int dimension : output.integers("model_scores_dims", dims)) {
                product = Math.min(product * dimension, Integer.MAX_VALUE);
            }
            elements.add((int) Math.max(product, 0));
        }
        if (elements.size() != names.size()) {
            output.problem(
                    "has "
                            + names.size()
                            + " model_scores and "
                            + elements.size()
                            + " model_scores_dims: give each score its dims");
        }
        List<ComponentDefinition.Score> scores = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            int count = i < elements.size() ? elements.get(i) : 1;
            scores.add(new ComponentDefinition.Score(names.get(i), count));
        }
        return new ComponentDefinition.ModelOutput(
                output.requiredText("name"), output.requiredText("data_type"), scores);
    }

    private void addExpression(JsonFields unnamed) {
        String name = unnamed.requiredText("component");
        JsonFields fields = unnamed.called(name);
        Map<String, String> variables = new LinkedHashMap<>();
        for (Map.Entry<String, String> each : fields.textMap("score_mapping").entrySet()) {
            String key = each.getKey();
            int at = key.indexOf('@');
            if (at <= 0 || TypeNames.parse(key.substring(at + 1)).isEmpty()) {
                fields.problem(
                        "maps "
                                + key
                                + " to "
                                + each.getValue()
                                + ": a variable is mapped as name@Type, such as p@FP32");
                continue;
            }
            variables.put(key.substring(0, at), each.getValue());
        }
        String computeId = fields.requiredText("compute_id");
        String text = expressions.get(computeId);
        if (text == null && !computeId.isEmpty()) {
            fields.problem(
                    "computes expression "
                            + computeId
                            + ", which is not known: add its text to the expressions, which are "
                            + expressions.keySet().stream().sorted().toList());
        }
        components.add(
                new ComponentDefinition.Computed(
                        head(name, Duration.ZERO, fields.bool("slate_component"), variables),
                        fields.requiredText("score_col"),
                        fields.requiredText("data_type"),
                        0,
                        text == null ? "" : text));
    }

    private static String withoutType(String column) {
        int at = column.lastIndexOf('@');
        boolean typed = at > 0 && TypeNames.parse(column.substring(at + 1)).isPresent();
        return typed ? column.substring(0, at) : column;
    }

    /** As BharatMLStack orders it; slates are not logged. */
    private List<String> logged() {
        Set<String> names = new java.util.LinkedHashSet<>();
        for (ComponentDefinition component : components) {
            if (component instanceof ComponentDefinition.Features features) {
                names.addAll(InferredInputs.columns(features));
            }
        }
        List<ComponentDefinition> main =
                components.stream().filter(component -> !component.head().slate()).toList();
        names.addAll(of(main, false, false));
        names.addAll(of(main, true, false));
        names.addAll(of(main, false, true));
        names.addAll(of(main, true, true));
        return List.copyOf(names);
    }

    private static List<String> of(
            List<ComponentDefinition> components, boolean models, boolean inputs) {
        List<String> names = new ArrayList<>();
        for (@Nullable ComponentDefinition component : components) {
            if (models && component instanceof ComponentDefinition.Model model) {
                if (inputs) {
                    model.inputs().forEach(input -> names.addAll(input.columns()));
                } else {
                    model.outputs()
                            .forEach(out -> out.scores().forEach(s -> names.add(s.column())));
                }
            } else if (!models && component instanceof ComponentDefinition.Computed computed) {
                names.addAll(
                        inputs ? computed.head().names().values() : List.of(computed.column()));
            }
        }
        return names;
    }
}
