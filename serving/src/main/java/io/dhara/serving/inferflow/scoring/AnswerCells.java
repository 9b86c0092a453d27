package io.dhara.serving.inferflow.scoring;

import com.google.protobuf.ByteString;
import io.dhara.graph.PlanColumn;
import io.dhara.serving.inferflow.CellStatus;
import io.dhara.serving.inferflow.FeatureMatrix;
import io.grpc.Metadata;
import java.util.Arrays;
import java.util.Locale;

/**
 * Cells as BharatMLStack's callers get them: absent where the peer's would be, which is where
 * something failed, and where a condition was false. Values that were read as a default are that
 * default.
 */
final class AnswerCells {
    /**
     * How many rows have a cell that something failed for, anywhere in the matrix; for example
     * {@code store-error;rows=3, node-failed;rows=1}. Absent when there is none.
     */
    static final Metadata.Key<String> TRAILER =
            Metadata.Key.of("dhara-degraded", Metadata.ASCII_STRING_MARSHALLER);

    private AnswerCells() {}

    /** Whether the cell failed: what was computed from it was computed from its fallback. */
    static boolean isFailed(CellStatus status) {
        return switch (status) {
            case EMPTY, STORE_ERROR, CORRUPT, NODE_FAILED -> true;
            case PRESENT, DEFAULT, EXPIRED, MISSING, NO_KEY, SKIPPED -> false;
        };
    }

    private static boolean hasValue(CellStatus status) {
        return !isFailed(status) && status != CellStatus.SKIPPED;
    }

    /** As text; empty for no value. */
    static String text(FeatureMatrix matrix, int column, int row) {
        if (!hasValue(matrix.status(column, row))) {
            return "";
        }
        PlanColumn plan = matrix.columns().get(column);
        return ValueText.of(
                plan.type(),
                plan.vectorLength(),
                matrix.array(column, row),
                matrix.start(column, row),
                matrix.length(column, row));
    }

    /** As bytes; none for no value. */
    static ByteString bytes(FeatureMatrix matrix, int column, int row) {
        return hasValue(matrix.status(column, row))
                ? ByteString.copyFrom(
                        matrix.array(column, row),
                        matrix.start(column, row),
                        matrix.length(column, row))
                : ByteString.EMPTY;
    }

    /** The row's columns that failed, answered or not, each with its status; empty for none. */
    static String error(FeatureMatrix matrix, int row) {
        StringBuilder error = new StringBuilder();
        for (PlanColumn column : matrix.columns()) {
            CellStatus status = matrix.status(column.index(), row);
            if (isFailed(status)) {
                error.append(error.isEmpty() ? "" : "; ")
                        .append(column.name())
                        .append(": ")
                        .append(status);
            }
        }
        return error.toString();
    }

    /** Text of {@link #TRAILER}, or empty. */
    static String degraded(FeatureMatrix matrix) {
        int[] rowsByStatus = new int[CellStatus.values().length];
        int[] lastRow = new int[rowsByStatus.length];
        Arrays.fill(lastRow, -1);
        for (int row = 0; row < matrix.rows(); row++) {
            for (int column = 0; column < matrix.columns().size(); column++) {
                int status = matrix.status(column, row).ordinal();
                if (lastRow[status] < row) {
                    lastRow[status] = row;
                    rowsByStatus[status]++;
                }
            }
        }
        StringBuilder text = new StringBuilder();
        for (CellStatus status : CellStatus.values()) {
            int rows = rowsByStatus[status.ordinal()];
            if (isFailed(status) && rows > 0) {
                text.append(text.isEmpty() ? "" : ", ")
                        .append(status.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                        .append(";rows=")
                        .append(rows);
            }
        }
        return text.toString();
    }
}
