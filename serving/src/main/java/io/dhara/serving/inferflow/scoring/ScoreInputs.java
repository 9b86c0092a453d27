package io.dhara.serving.inferflow.scoring;

import io.dhara.graph.PlanColumn;
import io.dhara.serving.inferflow.CellStatus;
import io.dhara.serving.inferflow.FeatureMatrix;
import java.util.Arrays;

/**
 * What a score may be built on. A feature that is not there has a default, which its schema gives
 * and models know; a score that failed has none, so nothing is built on it.
 */
final class ScoreInputs {
    private ScoreInputs() {}

    /** Whether a score among the columns failed in this row. */
    static boolean lackScore(FeatureMatrix matrix, int[] columns, int row) {
        for (int column : columns) {
            CellStatus status = matrix.status(column, row);
            if (matrix.columns().get(column).kind() == PlanColumn.Kind.SCORE
                    && (status == CellStatus.NODE_FAILED || status == CellStatus.EMPTY)) {
                return true;
            }
        }
        return false;
    }

    /** The rows in which all scores among the columns are there. */
    static int[] scorable(FeatureMatrix matrix, int[] columns, int[] rows) {
        return Arrays.stream(rows).filter(row -> !lackScore(matrix, columns, row)).toArray();
    }
}
