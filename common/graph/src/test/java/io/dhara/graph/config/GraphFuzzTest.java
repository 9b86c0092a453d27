package io.dhara.graph.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.graph.GraphNode;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.InvalidGraphException;
import io.dhara.graph.PlanColumn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.statistics.Statistics;

/**
 * Whatever a definition looks like, it compiles to a plan that an executor can trust, or is refused
 * with a reason; there is no third outcome.
 */
class GraphFuzzTest {
    private static final SchemaSnapshot SHOP = Schemas.shop();
    private static final String[] NAMES = {
        "product_id",
        "user_id",
        "a",
        "b",
        "product:attrs:category_id",
        "product:price:mrp",
        "user:profile:age",
        "product:vec:emb",
        "product:text:title",
        "user_category:affinity:clicks_7d",
        "x:y:z",
        ""
    };
    private static final String[] TYPES = {
        "FP32", "datatypeint64", "String", "Bool", "FP16Vector", "BYTES", "nothing"
    };
    private static final String[] EXPRESSIONS = {
        "a + 1",
        "b * v / 2",
        "v > 0 ? a : b",
        "a && b",
        "sigmoid(v)",
        "[a, b]",
        "user_id == 'u'",
        "1 +",
        "sum(v)"
    };

    @Property(tries = 600)
    @Label("a graph of random nodes compiles or is refused")
    void randomGraph_compilesOrIsRefused(@ForAll long seed) {
        Random random = new Random(seed);
        StringBuilder yaml = new StringBuilder("graph: g\nversion: " + random.nextInt(17));
        yaml.append("\ninputs:\n  product_id: {row: true}\n  user_id: String\n");
        if (random.nextBoolean()) {
            yaml.append("  v: ").append(pick(random, TYPES)).append('\n');
        }
        yaml.append("nodes:\n");
        int nodes = 1 + random.nextInt(6);
        for (int i = 0; i < nodes; i++) {
            yaml.append("  n").append(random.nextInt(30) == 0 ? 0 : i).append(": {");
            yaml.append(node(random, i)).append(common(random, nodes)).append("}\n");
        }
        yaml.append("answer: [product_id");
        if (random.nextBoolean()) {
            yaml.append(", ").append(column(random, "user_id"));
        }
        yaml.append("]\n");

        check(Map.of("g.yaml", yaml.toString()));
    }

    @Property(tries = 400)
    @Label("a text with random damage compiles or is refused")
    void damagedText_compilesOrIsRefused(@ForAll long seed) {
        Random random = new Random(seed);
        boolean json = random.nextBoolean();
        StringBuilder text =
                new StringBuilder(json ? ModelConfigJsonTest.text() : GraphCompilerTest.CHAIN);
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(3)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.insert(at, (char) (32 + random.nextInt(95)));
                default -> text.delete(at, Math.min(text.length(), at + random.nextInt(60)));
            }
        }

        check(Map.of(json ? "g.json" : "g.yaml", text.toString(), "e.yaml", "expressions: {7: p}"));
    }

    @Property(tries = 400)
    @Label("a model config with random values in it compiles or is refused")
    void modelConfigOfRandomValues_compilesOrIsRefused(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        JsonNode config = ModelConfigJson.parse(ModelConfigJsonTest.text());
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            change(config, random);
        }

        check(Map.of("g.json", config.toString(), "e.yaml", "expressions: {7: p + m}"));
    }

    private static void check(Map<String, String> files) {
        GraphFiles.Read read = GraphFiles.read(files);
        read.problems().values().forEach(problems -> assertThat(problems).isNotEmpty());
        for (GraphDefinition definition : read.definitions().values()) {
            try {
                GraphPlan plan = GraphCompiler.compile(definition, SHOP, GraphLimits.DEFAULT);
                checkPlan(plan);
                Statistics.collect("compiled");
            } catch (InvalidGraphException e) {
                Statistics.collect("refused");
                assertThat(e.problems()).isNotEmpty();
                e.problems().forEach(problem -> assertThat(problem.text()).isNotBlank());
            }
        }
    }

    /** All that an executor takes for granted. */
    private static void checkPlan(GraphPlan plan) {
        List<PlanColumn> columns = plan.columns();
        for (int i = 0; i < columns.size(); i++) {
            assertThat(columns.get(i).index()).isEqualTo(i);
            if (columns.get(i).width() > 0) {
                assertThat(columns.get(i).fallback()).hasSize(columns.get(i).width());
            }
        }
        assertThat(plan.columnsByName()).hasSameSizeAs(columns);
        assertThat(plan.row().kind()).isEqualTo(PlanColumn.Kind.INPUT);
        Map<Integer, Integer> filledBy = new HashMap<>();
        List<BitSet> ended = new ArrayList<>();
        for (int i = 0; i < plan.nodes().size(); i++) {
            GraphNode.Head head = plan.nodes().get(i).head();
            assertThat(head.position()).isEqualTo(i);
            BitSet before = new BitSet();
            for (int waited : head.waitsFor()) {
                assertThat(waited).isLessThan(i);
                before.set(waited);
                before.or(ended.get(waited));
            }
            ended.add(before);
            for (int column : head.reads()) {
                Integer producer = filledBy.get(column);
                assertThat(
                                columns.get(column).kind() == PlanColumn.Kind.INPUT
                                        || producer != null && before.get(producer))
                        .as("%s of %s", columns.get(column), head.name())
                        .isTrue();
            }
            for (int column : head.produces()) {
                assertThat(filledBy.put(column, i)).as("%s", columns.get(column)).isNull();
            }
        }
        assertThat(Arrays.stream(plan.answer()).allMatch(i -> i >= 0 && i < columns.size()))
                .isTrue();
        long unfilled =
                columns.stream()
                        .filter(column -> column.kind() != PlanColumn.Kind.INPUT)
                        .filter(column -> !filledBy.containsKey(column.index()))
                        .count();
        assertThat(unfilled).isZero();
        assertThat(plan.version()).isBetween(0, 15);
    }

    /** Mostly sound by itself; whether it fits the others is left to chance. */
    private static String node(Random random, int i) {
        return switch (random.nextInt(5)) {
            case 0 ->
                    "kind: features, entity: product, prefix: p%d_, keys: {product_id: %s}, groups: {attrs: [category_id], price: [mrp@FP16]}"
                            .formatted(i, column(random, "product_id", "user_id"));
            case 1 ->
                    "kind: features, entity: product, keys: [product_id], groups: {attrs: [category_id], price: [mrp], vec: [emb], text: [title]}";
            case 2 ->
                    "kind: features, entity: user_category, prefix: u%d_, composite-key: c%d, keys: {user_id: user_id, category_id: %s}, groups: {affinity: [clicks_7d]}"
                            .formatted(
                                    i, i, column(random, "user_id", "product:attrs:category_id"));
            case 3 ->
                    "kind: expression, column: %s, type: %s, expression: %s, with: {v: %s}"
                            .formatted(
                                    pick(random, "a", "b", "c" + i, "c" + i),
                                    random.nextInt(4) == 0 ? pick(random, TYPES) : "FP32",
                                    quoted(
                                            random.nextInt(3) == 0
                                                    ? pick(random, EXPRESSIONS)
                                                    : "v + 1"),
                                    column(
                                            random,
                                            "product:price:mrp",
                                            "a",
                                            "b",
                                            "p0_product:price:mrp"));
            default ->
                    "kind: model, endpoint: 'h:1', model: m, inputs: {x: {type: %s, shape: [%d], columns: [%s, %s]}}, outputs: {y: {scores: {%s: %d}}}"
                            .formatted(
                                    random.nextInt(4) == 0 ? pick(random, TYPES) : "FP32",
                                    random.nextInt(4) == 0 ? random.nextInt(6) : 2,
                                    column(
                                            random,
                                            "product:price:mrp",
                                            "product:attrs:category_id"),
                                    column(random, "user_id", "a", "b"),
                                    pick(random, "a", "b", "s" + i),
                                    1 + random.nextInt(3));
        };
    }

    /** One of these that are likely there; now and then any. */
    private static String column(Random random, String... likely) {
        return quoted(pick(random, random.nextInt(8) == 0 ? NAMES : likely));
    }

    private static String common(Random random, int nodes) {
        StringBuilder fields = new StringBuilder();
        if (random.nextInt(12) == 0) {
            fields.append(", after: [n").append(random.nextInt(nodes)).append(']');
        }
        if (random.nextInt(6) == 0) {
            fields.append(", when: ").append(quoted(pick(random, EXPRESSIONS)));
        }
        if (random.nextInt(16) == 0) {
            fields.append(", slate: true");
        }
        if (random.nextInt(6) == 0) {
            fields.append(", timeout: 5 ms, retries: ").append(random.nextInt(12));
        }
        return fields.toString();
    }

    private static String pick(Random random, String... of) {
        return of[random.nextInt(of.length)];
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }

    /** Puts a random value in the place of a random one, or takes a member away. */
    private static void change(JsonNode root, Random random) {
        List<JsonNode> containers = new ArrayList<>();
        containers.add(root);
        for (int i = 0; i < containers.size(); i++) {
            containers
                    .get(i)
                    .forEach(
                            child -> {
                                if (child.isContainerNode()) {
                                    containers.add(child);
                                }
                            });
        }
        containers.sort(Comparator.comparing(JsonNode::toString));
        JsonNode container = containers.get(random.nextInt(containers.size()));
        JsonNode value =
                switch (random.nextInt(8)) {
                    case 0 -> JsonNodeFactory.instance.nullNode();
                    case 1 -> JsonNodeFactory.instance.numberNode(random.nextInt());
                    case 2 -> JsonNodeFactory.instance.numberNode(random.nextDouble());
                    case 3 -> JsonNodeFactory.instance.textNode(pick(random, NAMES));
                    case 4 -> JsonNodeFactory.instance.booleanNode(random.nextBoolean());
                    case 5 -> JsonNodeFactory.instance.arrayNode().add(pick(random, NAMES));
                    case 6 -> JsonNodeFactory.instance.objectNode();
                    default -> containers.get(random.nextInt(containers.size())).deepCopy();
                };
        if (container instanceof ObjectNode object && !object.isEmpty()) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            object.set(names.get(random.nextInt(names.size())), value);
        } else if (container instanceof ArrayNode array && !array.isEmpty()) {
            array.set(random.nextInt(array.size()), value);
        }
    }
}
