package io.dhara.serving.featurelog;

import io.dhara.core.model.DataType;
import io.dhara.core.psdb.Elements;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.PlanColumn;
import io.dhara.graph.PlanColumn.Kind;
import io.dhara.serving.inferflow.CellStatus;
import io.dhara.serving.inferflow.Execution;
import io.dhara.serving.inferflow.FeatureMatrix;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Plans and matrices that logs are tested with; the first column names the rows. */
final class LoggedPlan {
    private final List<PlanColumn> columns = new ArrayList<>();

    LoggedPlan column(String name, DataType type) {
        return column(name, type, 0);
    }

    LoggedPlan column(String name, DataType type, int vectorLength) {
        int width = new PlanColumn(0, "", type, vectorLength, Kind.INPUT, new byte[0]).width();
        columns.add(
                new PlanColumn(
                        columns.size(),
                        name,
                        type,
                        vectorLength,
                        columns.isEmpty() ? Kind.INPUT : Kind.FEATURE,
                        new byte[width]));
        return this;
    }

    /** The plan of the peer's worked example: model m1 with a product, its category and a score. */
    static GraphPlan example(int percent) {
        return new LoggedPlan()
                .column("product_id", DataType.STRING)
                .column("product:attrs:category_id", DataType.INT32)
                .column("pctr", DataType.FP32)
                .build(1, percent, 500);
    }

    GraphPlan build(int version, int percent, int batchRows) {
        return new GraphPlan(
                "m1",
                version,
                "plan-digest",
                1,
                columns,
                0,
                List.of(),
                new int[] {0},
                new int[0],
                0,
                null,
                new GraphPlan.Log(percent, IntStream.range(0, columns.size()).toArray(), batchRows),
                List.of());
    }

    /** The example's rows p1, complete, and p2 without a score. */
    static FeatureMatrix exampleRows(GraphPlan plan) {
        FeatureMatrix matrix = new FeatureMatrix(plan.columns(), 2);
        put(matrix, 0, 0, "p1");
        put(matrix, 0, 1, "p2");
        put(matrix, 1, 0, 0x37);
        put(matrix, 1, 1, 0x42);
        put(matrix, 2, 0, 0.5);
        matrix.fallBack(2, 1, CellStatus.NODE_FAILED);
        return matrix;
    }

    static FeatureMatrix rows(GraphPlan plan, int rows) {
        FeatureMatrix matrix = new FeatureMatrix(plan.columns(), rows);
        for (int row = 0; row < rows; row++) {
            put(matrix, 0, row, "p" + row);
            put(matrix, 1, row, row);
            put(matrix, 2, row, row / 4.0);
        }
        return matrix;
    }

    static void put(FeatureMatrix matrix, int column, int row, String text) {
        matrix.put(column, row, text.getBytes(StandardCharsets.UTF_8), CellStatus.PRESENT);
    }

    static void put(FeatureMatrix matrix, int column, int row, double number) {
        DataType type = matrix.columns().get(column).type();
        byte[] bytes = new byte[Elements.width(type)];
        Elements.write(type, bytes, 0, number);
        matrix.put(column, row, bytes, CellStatus.PRESENT);
    }

    static Execution execution(GraphPlan plan, FeatureMatrix matrix) {
        return new Execution(plan, matrix, List.of());
    }
}
