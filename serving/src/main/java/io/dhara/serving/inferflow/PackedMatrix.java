package io.dhara.serving.inferflow;

import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.ServingException.Kind;
import java.util.Arrays;

/**
 * Some columns of a matrix as {@code dhara.v1.RetrieveMatrixResponse} packs them, row by row.
 * Columns that stand side by side in the matrix are copied together.
 */
final class PackedMatrix {
    private final FeatureMatrix matrix;
    private final int[] columns;

    /** Per column; 0 for varying cells. */
    private final int[] widths;

    /** Per column where its run of fixed-width cells begins and how wide it is; 0 within a run. */
    private final int[] runWidths;

    /** Places in {@link #columns} that begin a run or hold a varying cell. */
    private final int[] pieces;

    private final int rowWidth;

    /**
     * @param columns indices, in the order of the answer
     */
    PackedMatrix(FeatureMatrix matrix, int[] columns) {
        this.matrix = matrix;
        this.columns = columns;
        this.widths = new int[columns.length];
        this.runWidths = new int[columns.length];
        int fixed = 0;
        int run = -1;
        for (int i = 0; i < columns.length; i++) {
            int width = matrix.columns().get(columns[i]).width();
            widths[i] = width;
            if (width == 0) {
                run = -1;
                continue;
            }
            boolean joins = run >= 0 && matrix.isBeside(columns[run], runWidths[run], columns[i]);
            run = joins ? run : i;
            runWidths[run] += width;
            fixed += width;
        }
        this.rowWidth = fixed;
        int[] found = new int[columns.length];
        int count = 0;
        for (int i = 0; i < columns.length; i++) {
            if (runWidths[i] > 0 || widths[i] == 0) {
                found[count++] = i;
            }
        }
        this.pieces = Arrays.copyOf(found, count);
    }

    /**
     * All cells of row 0, then row 1: fixed-width ones as they are, others behind their length in
     * four bytes, little endian.
     *
     * @throws ServingException beyond the limit
     */
    byte[] values(int limit) {
        long total = (long) rowWidth * matrix.rows();
        for (int i = 0; i < columns.length; i++) {
            if (widths[i] == 0) {
                total += (long) Integer.BYTES * matrix.rows();
                for (int row = 0; row < matrix.rows(); row++) {
                    total += matrix.length(columns[i], row);
                }
            }
        }
        if (total > limit) {
            throw tooLarge(limit);
        }
        byte[] values = new byte[(int) total];
        int at = 0;
        for (int row = 0; row < matrix.rows(); row++) {
            for (int i : pieces) {
                int column = columns[i];
                if (runWidths[i] > 0) {
                    System.arraycopy(
                            matrix.array(column, row),
                            matrix.start(column, row),
                            values,
                            at,
                            runWidths[i]);
                    at += runWidths[i];
                } else {
                    int length = matrix.length(column, row);
                    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                        values[at++] = (byte) (length >> shift);
                    }
                    matrix.copy(column, row, values, at);
                    at += length;
                }
            }
        }
        return values;
    }

    static ServingException tooLarge(int limit) {
        return new ServingException(
                Kind.EXHAUSTED,
                "the answer is larger than "
                        + limit
                        + " bytes (inferflow.max-response-size): ask for fewer rows or columns");
    }

    /** One {@link CellStatus#code} per cell, row by row. */
    byte[] statuses() {
        byte[] statuses = new byte[Math.multiplyExact(matrix.rows(), columns.length)];
        int from = 0;
        while (from < columns.length) {
            int to = from + 1;
            while (to < columns.length && columns[to] == columns[to - 1] + 1) {
                to++;
            }
            for (int row = 0; row < matrix.rows(); row++) {
                int at = row * columns.length + from;
                matrix.copyStatuses(columns[from], to - from, row, statuses, at);
            }
            from = to;
        }
        return statuses;
    }
}
