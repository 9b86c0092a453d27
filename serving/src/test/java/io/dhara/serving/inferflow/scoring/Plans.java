package io.dhara.serving.inferflow.scoring;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dhara.core.model.DataType;
import io.dhara.core.psdb.Elements;
import io.dhara.graph.GraphNode;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.ModelNode;
import io.dhara.graph.ModelNode.Protocol;
import io.dhara.graph.ModelNode.Target;
import io.dhara.graph.NodePolicy;
import io.dhara.graph.PlanColumn;
import io.dhara.graph.PlanColumn.Kind;
import io.dhara.serving.grpc.CallerContext;
import io.dhara.serving.inferflow.CellStatus;
import io.dhara.serving.inferflow.FeatureMatrix;
import io.dhara.serving.inferflow.NodeCall;
import io.dhara.serving.inferflow.WriteGate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Plans, nodes and matrices by hand. */
final class Plans {
    private final List<PlanColumn> columns = new ArrayList<>();
    private final List<GraphNode> nodes = new ArrayList<>();

    Plans column(String name, DataType type, int vectorLength, Kind kind) {
        PlanColumn sized =
                new PlanColumn(columns.size(), name, type, vectorLength, kind, new byte[0]);
        columns.add(
                new PlanColumn(
                        columns.size(), name, type, vectorLength, kind, new byte[sized.width()]));
        return this;
    }

    Plans input(String name, DataType type) {
        return column(name, type, 0, Kind.INPUT);
    }

    Plans score(String name, DataType type) {
        return column(name, type, 0, Kind.SCORE);
    }

    Plans node(GraphNode node) {
        nodes.add(node);
        return this;
    }

    List<PlanColumn> columns() {
        return columns;
    }

    int index(String name) {
        return columns.stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow()
                .index();
    }

    GraphNode.Head head(String name, List<String> reads, List<String> produces) {
        return new GraphNode.Head(
                nodes.size(),
                name,
                IntStream.range(0, nodes.size()).toArray(),
                reads.stream().mapToInt(this::index).toArray(),
                produces.stream().mapToInt(this::index).toArray(),
                NodePolicy.DEFAULT,
                null);
    }

    /** One tensor {@code x} of FP32 from the columns, one score {@code y}. */
    ModelNode model(int batchSize, List<String> reads, String score, Target... targets) {
        return model(batchSize, reads, score, List.of(targets), List.of());
    }

    ModelNode model(
            int batchSize,
            List<String> reads,
            String score,
            List<Target> targets,
            List<Target> shadows) {
        return new ModelNode(
                head("ranker", reads, List.of(score)),
                Protocol.OPEN_INFERENCE_GRPC,
                targets,
                shadows,
                batchSize,
                "",
                List.of(input(DataType.FP32, reads)),
                List.of(output(score)));
    }

    ModelNode.Output output(String score) {
        return new ModelNode.Output(
                "y", DataType.FP32, List.of(new ModelNode.Score(index(score), 1)));
    }

    ModelNode.Input input(DataType type, List<String> reads) {
        int elements =
                reads.stream()
                        .mapToInt(name -> Math.max(1, columns.get(index(name)).vectorLength()))
                        .sum();
        return new ModelNode.Input(
                "x", type, new int[] {elements}, reads.stream().mapToInt(this::index).toArray());
    }

    GraphPlan plan(GraphPlan.Slates slates, String... answer) {
        return plan(slates, 0, answer);
    }

    GraphPlan plan(GraphPlan.Slates slates, int modelInputsPercent, String... answer) {
        return new GraphPlan(
                "m1",
                1,
                "digest",
                1,
                columns,
                0,
                nodes,
                List.of(answer).stream().mapToInt(this::index).toArray(),
                nodes.stream()
                        .filter(ModelNode.class::isInstance)
                        .flatMapToInt(node -> IntStream.of(node.head().reads()))
                        .toArray(),
                modelInputsPercent,
                slates,
                new GraphPlan.Log(0, new int[0], 500),
                List.of());
    }

    FeatureMatrix matrix(int rows) {
        return new FeatureMatrix(columns, rows);
    }

    static byte[] bytes(DataType type, double... values) {
        byte[] bytes = new byte[values.length * Elements.width(type)];
        for (int i = 0; i < values.length; i++) {
            Elements.write(type, bytes, i * Elements.width(type), values[i]);
        }
        return bytes;
    }

    static byte[] text(String text) {
        return text.getBytes(UTF_8);
    }

    /** FP32 cells {@code 0, 1, 2, ...}. */
    static void count(FeatureMatrix matrix, int column) {
        for (int row = 0; row < matrix.rows(); row++) {
            matrix.put(column, row, bytes(DataType.FP32, row), CellStatus.PRESENT);
        }
    }

    static NodeCall call(GraphPlan plan, int rows, String trackingId, Instant deadline) {
        return new NodeCall(
                plan,
                new CallerContext("test", deadline, false),
                trackingId,
                IntStream.range(0, rows).toArray(),
                deadline,
                new WriteGate());
    }
}
