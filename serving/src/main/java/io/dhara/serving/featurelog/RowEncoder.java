package io.dhara.serving.featurelog;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.dhara.core.model.DataType;
import io.dhara.graph.PlanColumn;
import io.dhara.serving.inferflow.CellStatus;
import io.dhara.serving.inferflow.FeatureMatrix;
import java.util.Arrays;
import java.util.List;

/**
 * Rows as BharatMLStack's feature log has them: a byte that is 1 when every cell holds a value that
 * was read, given or computed, then the cells of the schema's columns in order.
 *
 * <pre>
 * number, bool   its bytes, little endian
 * string         uint16 length, UTF-8
 * vector         uint16 length in bytes, its elements' bytes, little endian
 * </pre>
 *
 * A cell that was answered with another value, such as a default, is logged with that value: what
 * the model saw. A cell that nothing filled is zeros, {@code 0.0} as a string, or an empty vector.
 * So is a cell longer than the 65,535 bytes that its length can say. Reused; not thread-safe.
 */
final class RowEncoder {
    private static final byte[] NO_STRING = "0.0".getBytes(US_ASCII);
    private static final int MAX_LENGTH = 0xFFFF;

    private final List<PlanColumn> columns;
    private byte[] buffer = new byte[256];
    private int size;
    private long tooLong;

    /**
     * @param columns logged, in order
     */
    RowEncoder(List<PlanColumn> columns) {
        this.columns = List.copyOf(columns);
    }

    /** Cells so far that were too long to log. */
    long tooLong() {
        return tooLong;
    }

    byte[] encode(FeatureMatrix matrix, int row) {
        size = 1;
        boolean complete = true;
        for (PlanColumn column : columns) {
            int index = column.index();
            complete &= matrix.isPresent(index, row) & append(matrix, column, row);
        }
        buffer[0] = (byte) (complete ? 1 : 0);
        return Arrays.copyOf(buffer, size);
    }

    /** Whether the cell had a value that could be logged. */
    private boolean append(FeatureMatrix matrix, PlanColumn column, int row) {
        int index = column.index();
        byte[] bytes = matrix.array(index, row);
        int start = matrix.start(index, row);
        int length = matrix.length(index, row);
        if (!isVarying(column.type())) {
            append(bytes, start, length);
            return true;
        }
        boolean filled = matrix.status(index, row) != CellStatus.EMPTY;
        boolean fits = length <= MAX_LENGTH;
        tooLong += fits ? 0 : 1;
        boolean noText = length == 0 && !matrix.isPresent(index, row);
        if (filled && fits && !(noText && column.type() == DataType.STRING)) {
            appendLength(length);
            append(bytes, start, length);
            return true;
        }
        byte[] nothing = column.type() == DataType.STRING ? NO_STRING : new byte[0];
        appendLength(nothing.length);
        append(nothing, 0, nothing.length);
        return false;
    }

    private static boolean isVarying(DataType type) {
        return type == DataType.STRING || type.isVector();
    }

    private void appendLength(int length) {
        reserve(2);
        buffer[size++] = (byte) length;
        buffer[size++] = (byte) (length >>> 8);
    }

    private void append(byte[] bytes, int start, int length) {
        reserve(length);
        System.arraycopy(bytes, start, buffer, size, length);
        size += length;
    }

    private void reserve(int more) {
        if (size + more > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, size + more));
        }
    }
}
