package io.dhara.serving.inferflow;

import io.dhara.core.model.DataType;
import io.dhara.graph.CandidateNode;
import io.dhara.graph.ExpressionNode;
import io.dhara.graph.FeatureNode;
import io.dhara.graph.FeatureNode.Group;
import io.dhara.graph.FeatureNode.KeyPart;
import io.dhara.graph.GraphNode;
import io.dhara.graph.GraphNode.Head;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.NodePolicy;
import io.dhara.graph.PlanColumn;
import io.dhara.graph.PlanColumn.Kind;
import io.dhara.graph.RowCondition;
import io.dhara.graph.expression.Expression;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Plans by hand: a node waits for those that make what it reads. The first input is the row. */
final class PlanBuilder {
    private final List<PlanColumn> columns = new ArrayList<>();
    private final Map<String, Integer> byName = new LinkedHashMap<>();
    private final Map<Integer, Integer> makers = new LinkedHashMap<>();
    private final List<GraphNode> nodes = new ArrayList<>();
    private NodePolicy policy = NodePolicy.DEFAULT;
    private @Nullable RowCondition condition;
    private boolean queryWithDefaults;

    PlanBuilder input(String name) {
        return input(name, DataType.STRING);
    }

    PlanBuilder input(String name, DataType type) {
        column(name, type, Kind.INPUT, type == DataType.STRING ? new byte[0] : zeros(type));
        return this;
    }

    private static byte[] zeros(DataType type) {
        return new byte[type == DataType.BOOL ? 1 : type.elementBytes()];
    }

    int column(String name, DataType type, Kind kind, byte[] fallback) {
        int index = columns.size();
        columns.add(new PlanColumn(index, name, type, 0, kind, fallback));
        byName.put(name, index);
        return index;
    }

    /** For the next node only. */
    PlanBuilder policy(NodePolicy next) {
        policy = next;
        return this;
    }

    /** For the next node only: it runs where this holds. */
    PlanBuilder when(String column, Function<Object, Boolean> holds) {
        int index = byName.get(column);
        condition = new RowCondition(new OneColumn(index, columns.get(index).type(), holds));
        return this;
    }

    /** For the next node only. */
    PlanBuilder queryWithDefaults() {
        queryWithDefaults = true;
        return this;
    }

    record OneColumn(int column, DataType type, Function<Object, Boolean> holds)
            implements Expression {
        @Override
        public String text() {
            return "holds";
        }

        @Override
        public List<Variable> variables() {
            return List.of(new Variable("x", column, type));
        }

        @Override
        public DataType result() {
            return DataType.BOOL;
        }

        @Override
        public Object evaluate(List<Object> values) {
            return holds.apply(values.get(0));
        }
    }

    /** One group of a feature node. */
    record Features(String group, DataType type, List<String> features) {
        static Features of(String group, DataType type, String... features) {
            return new Features(group, type, List.of(features));
        }
    }

    /**
     * @param keys {@code schema=column}, or {@code schema} where both are one
     */
    PlanBuilder feature(String name, String entity, List<String> keys, Features... groups) {
        return feature(name, entity, keys, null, groups);
    }

    PlanBuilder feature(
            String name,
            String entity,
            List<String> keys,
            @Nullable String composite,
            Features... groups) {
        List<KeyPart> parts = new ArrayList<>();
        for (String key : keys) {
            String[] both = key.split("=", 2);
            parts.add(new KeyPart(both[0], byName.get(both[both.length - 1])));
        }
        List<Integer> produces = new ArrayList<>();
        int compositeKey = -1;
        if (composite != null) {
            compositeKey =
                    column(composite, DataType.STRING, Kind.COMPOSITE_KEY, "".getBytes(UTF_8));
            produces.add(compositeKey);
        }
        List<Group> read = new ArrayList<>();
        for (Features group : groups) {
            int[] filled = new int[group.features.size()];
            for (int i = 0; i < filled.length; i++) {
                filled[i] =
                        column(
                                entity + ":" + group.group + ":" + group.features.get(i),
                                group.type,
                                Kind.FEATURE,
                                GraphBed.fallback(group.type));
                produces.add(filled[i]);
            }
            read.add(new Group(group.group, 1, group.features, filled));
        }
        Head head = head(name, parts.stream().map(KeyPart::column).toList(), produces);
        nodes.add(
                new FeatureNode(
                        head,
                        entity,
                        parts,
                        compositeKey,
                        IntStream.range(0, parts.size()).toArray(),
                        read,
                        queryWithDefaults));
        queryWithDefaults = false;
        return this;
    }

    private static final java.nio.charset.Charset UTF_8 = StandardCharsets.UTF_8;

    /** A node that the bed runs by a script of its name; it makes a column of its name. */
    PlanBuilder scripted(String name, DataType type, String... reads) {
        int column = column(name, type, Kind.SCORE, zeros(type));
        Head head = head(name, Arrays.stream(reads).map(byName::get).toList(), List.of(column));
        nodes.add(
                new ExpressionNode(
                        head, new OneColumn(column, type, value -> true), head.produces()[0]));
        return this;
    }

    PlanBuilder candidates(String name, int limit, String... values) {
        List<Integer> filled = new ArrayList<>();
        for (String value : values) {
            filled.add(column(value, DataType.FP32, Kind.SCORE, zeros(DataType.FP32)));
        }
        Head head = head(name, List.of(), filled);
        nodes.add(new CandidateNode(head, "cg", "localhost:1", limit, 0, filled));
        return this;
    }

    private Head head(String name, List<Integer> reads, List<Integer> produces) {
        TreeSet<Integer> waits = new TreeSet<>();
        for (int read : reads) {
            if (makers.containsKey(read)) {
                waits.add(makers.get(read));
            }
        }
        if (condition != null) {
            Integer maker = makers.get(condition.expression().variables().get(0).column());
            if (maker != null) {
                waits.add(maker);
            }
        }
        int position = nodes.size();
        produces.forEach(column -> makers.put(column, position));
        Head head =
                new Head(
                        position,
                        name,
                        waits.stream().mapToInt(i -> i).toArray(),
                        reads.stream().mapToInt(i -> i).toArray(),
                        produces.stream().mapToInt(i -> i).toArray(),
                        policy,
                        condition);
        policy = NodePolicy.DEFAULT;
        condition = null;
        return head;
    }

    /** Answers all columns. */
    GraphPlan build() {
        int[] all = IntStream.range(0, columns.size()).toArray();
        return new GraphPlan(
                "m1",
                1,
                "digest",
                1,
                columns,
                0,
                nodes,
                all,
                new int[0],
                0,
                null,
                new GraphPlan.Log(0, new int[0], 500),
                List.of());
    }

    /** Product to category to user x category, as interop-inferflow.md traces it. */
    static PlanBuilder example() {
        return new PlanBuilder()
                .input("product_id")
                .input("user_id")
                .feature(
                        "user",
                        "user",
                        List.of("user_id"),
                        Features.of("profile", DataType.INT32, "age"))
                .feature(
                        "product",
                        "product",
                        List.of("product_id"),
                        Features.of("attrs", DataType.INT32, "category_id"),
                        Features.of("price", DataType.FP32, "mrp"))
                .feature(
                        "user_category",
                        "user_category",
                        List.of("user_id", "category_id=product:attrs:category_id"),
                        "user_category_id",
                        Features.of("affinity", DataType.FP32, "clicks_7d"));
    }

    static GraphBed.Schemas exampleSchemas() {
        return GraphBed.Schemas.none()
                .entity("user", "user_id")
                .group("user", "profile", DataType.INT32, "age")
                .entity("product", "product_id")
                .group("product", "attrs", DataType.INT32, "category_id")
                .group("product", "price", DataType.FP32, "mrp")
                .entity("user_category", "user_id", "category_id")
                .group("user_category", "affinity", DataType.FP32, "clicks_7d");
    }
}
