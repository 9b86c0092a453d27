package io.dhara.serving.inferflow.scoring;

import io.dhara.core.model.DataType;
import io.dhara.graph.PlanColumn;
import io.dhara.serving.inferflow.CellStatus;
import io.dhara.serving.inferflow.FeatureMatrix;
import io.dhara.serving.inferflow.InputValues;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The slates of a request, checked, and the first cells of their matrix. */
final class SlateInputs {
    /** Column with the slate's row numbers, joined by commas. */
    private static final String INDICES = "slate_target_indices";

    private SlateInputs() {}

    /**
     * Rows of the main matrix, one list per slate.
     *
     * @param field for messages
     * @param targets rows of the main matrix
     * @param maxRows most slates, and most targets of one
     */
    static List<int[]> checked(String field, List<List<Integer>> slates, int targets, int maxRows) {
        if (slates.isEmpty()) {
            throw PredictValue.invalid(field + " is empty");
        }
        if (slates.size() > maxRows) {
            throw PredictValue.invalid(
                    "%s: at most %d, got %d".formatted(field, maxRows, slates.size()));
        }
        List<int[]> rows = new ArrayList<>(slates.size());
        for (int i = 0; i < slates.size(); i++) {
            List<Integer> indices = slates.get(i);
            if (indices.isEmpty() || indices.size() > maxRows) {
                throw PredictValue.invalid(
                        "%s[%d]: needs 1 to %d targets, got %d"
                                .formatted(field, i, maxRows, indices.size()));
            }
            for (int index : indices) {
                if (index < 0 || index >= targets) {
                    throw PredictValue.invalid(
                            "%s[%d]: target index %d is not within the %d targets"
                                    .formatted(field, i, index, targets));
                }
            }
            rows.add(indices.stream().mapToInt(Integer::intValue).toArray());
        }
        return rows;
    }

    static void addIndices(PredictInputs inputs, List<int[]> slates) {
        inputs.addTexts(
                INDICES,
                slates.stream()
                        .map(
                                rows ->
                                        IntStream.of(rows)
                                                .mapToObj(Integer::toString)
                                                .collect(Collectors.joining(",")))
                        .toList());
    }

    /** A matrix with a row per slate and its inputs in it; what is not given is missing. */
    static FeatureMatrix matrix(List<PlanColumn> columns, int rows, List<InputValues> inputs) {
        FeatureMatrix matrix = new FeatureMatrix(columns, rows);
        for (PlanColumn column : columns) {
            if (column.kind() == PlanColumn.Kind.INPUT) {
                for (int row = 0; row < rows; row++) {
                    fill(matrix, column, row, text(inputs, column.name(), row));
                }
            }
        }
        return matrix;
    }

    private static String text(List<InputValues> inputs, String name, int row) {
        for (InputValues input : inputs) {
            if (input.name().equals(name)) {
                return input.values().get(input.values().size() == 1 ? 0 : row);
            }
        }
        return "";
    }

    private static void fill(FeatureMatrix matrix, PlanColumn column, int row, String text) {
        if (text.isEmpty() && column.type() != DataType.STRING) {
            matrix.fallBack(column.index(), row, CellStatus.MISSING);
            return;
        }
        byte[] cell = ValueText.parse(text, column.type(), column.vectorLength());
        if (cell == null) {
            throw PredictValue.invalid(
                    "%s of row %d is no %s"
                            .formatted(column.name(), row, column.type().wireName()));
        }
        matrix.put(column.index(), row, cell, CellStatus.PRESENT);
    }
}
