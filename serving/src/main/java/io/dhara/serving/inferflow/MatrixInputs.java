package io.dhara.serving.inferflow;

import io.dhara.core.model.DataType;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.PlanColumn;
import io.dhara.graph.PlanColumn.Kind;
import io.dhara.serving.grpc.ServingException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a caller gave, checked against the inputs of a plan. Fills the first cells of a matrix. */
final class MatrixInputs {
    private final GraphPlan plan;
    private final List<@Nullable List<String>> byColumn;
    private final int maxRows;

    /**
     * @throws ServingException for a name that is no input or stands twice, and for a number of
     *     values that fits no matrix
     */
    MatrixInputs(GraphPlan plan, List<InputValues> inputs, int maxRows) {
        this.plan = plan;
        this.maxRows = maxRows;
        this.byColumn = new ArrayList<>(Collections.nCopies(plan.columns().size(), null));
        for (InputValues input : inputs) {
            int column = columnOf(input.name());
            if (byColumn.get(column) != null) {
                throw invalid("input " + input.name() + " stands twice");
            }
            byColumn.set(column, input.values());
        }
        List<String> ids = rowValues();
        if (ids != null) {
            check(ids.size());
        }
    }

    private int columnOf(String name) {
        for (PlanColumn column : plan.columns()) {
            if (column.kind() == Kind.INPUT && column.name().equals(name)) {
                return column.index();
            }
        }
        List<String> known =
                plan.columns().stream()
                        .filter(column -> column.kind() == Kind.INPUT)
                        .map(PlanColumn::name)
                        .toList();
        throw invalid("input " + name + " is none of model " + plan.model() + ": " + known);
    }

    /** The ids that set the rows; null when the caller leaves them to a candidate node. */
    @Nullable List<String> rowValues() {
        return byColumn.get(plan.rowColumn());
    }

    /** Sets the rows where the caller did not. */
    void setRows(List<String> ids) {
        check(ids.size());
        byColumn.set(plan.rowColumn(), ids);
    }

    private void check(int rows) {
        if (rows > maxRows) {
            throw invalid(
                    "input %s: at most %d rows (inferflow.max-rows), got %d"
                            .formatted(plan.row().name(), maxRows, rows));
        }
        for (PlanColumn column : plan.columns()) {
            List<String> values = byColumn.get(column.index());
            if (values != null
                    && column.index() != plan.rowColumn()
                    && values.size() != rows
                    && values.size() != 1) {
                throw invalid(
                        "input %s: needs 1 value or one for each of the %d rows of %s, got %d"
                                .formatted(column.name(), rows, plan.row().name(), values.size()));
            }
        }
    }

    /** A matrix with the inputs in it; an input that was not given is marked missing. */
    FeatureMatrix toMatrix() {
        List<String> ids = rowValues();
        FeatureMatrix matrix = new FeatureMatrix(plan.columns(), ids == null ? 0 : ids.size());
        for (PlanColumn column : plan.columns()) {
            if (column.kind() == Kind.INPUT) {
                fill(matrix, column, byColumn.get(column.index()));
            }
        }
        return matrix;
    }

    private static void fill(
            FeatureMatrix matrix, PlanColumn column, @Nullable List<String> values) {
        if (values != null && column.type() == DataType.STRING && matrix.rows() > 0) {
            matrix.texts(column.index(), values);
        }
        for (int row = 0; row < matrix.rows(); row++) {
            if (values != null && values.size() == 1 && row > 0) {
                matrix.repeat(column.index(), 0, row);
            } else {
                fill(matrix, column, row, values == null ? null : values.get(row));
            }
        }
    }

    private static void fill(
            FeatureMatrix matrix, PlanColumn column, int row, @Nullable String text) {
        if (text == null || (text.isEmpty() && column.type() != DataType.STRING)) {
            matrix.fallBack(column.index(), row, CellStatus.MISSING);
            return;
        }
        try {
            matrix.put(column.index(), row, InputText.bytes(column, text), CellStatus.PRESENT);
        } catch (IllegalArgumentException e) {
            throw invalid(
                    "input %s: value %d is no %s: %s"
                            .formatted(
                                    column.name(), row, column.type().wireName(), e.getMessage()));
        }
    }

    private static ServingException invalid(String message) {
        return new ServingException(ServingException.Kind.INVALID, message);
    }
}
