package io.dhara.serving.feature;

import io.dhara.core.model.DataType;
import io.dhara.core.psdb.PsdbBlock;
import io.dhara.core.psdb.PsdbFormatException;
import io.dhara.serving.feature.ReadPlan.Column;

/**
 * Cells as {@code dhara.v1.RetrieveResponse} packs them: fixed-width cells back to back, strings
 * behind a length, and a status byte per cell. Told per distinct key; {@link #values} and {@link
 * #statuses} repeat them per requested row.
 */
final class PackedCells implements AnswerSink {
    private final WireBuffer cells;
    private final CellBytes copier;
    private final int[] ends;
    private final byte[] statuses;
    private int told;
    private int keys;

    PackedCells(ReadPlan plan, int keys, WireBuffer cells, CellBytes copier) {
        this.cells = cells;
        this.copier = copier;
        this.ends = new int[keys];
        this.statuses = new byte[Math.multiplyExact(keys, plan.columns().size())];
    }

    @Override
    public void present(Column column, PsdbBlock block, int sequence, int vectorLength) {
        int mark = cells.length();
        try {
            int length = CellBytes.length(column, block, sequence);
            if (isString(column)) {
                cells.putInt32(length);
            }
            int at = cells.claim(length);
            copier.copy(column, block, sequence, cells.bytes(), at);
        } catch (PsdbFormatException e) {
            cells.cutTo(mark);
            throw e;
        }
        statuses[told++] = ValueStatus.PRESENT.code();
    }

    @Override
    public void fallback(Column column, ValueStatus status) {
        byte[] value = column.blockDefault();
        if (isString(column)) {
            cells.putInt32(value.length);
        }
        cells.put(value);
        statuses[told++] = status.code();
    }

    private static boolean isString(Column column) {
        return column.answered().kind() == DataType.Kind.STRING;
    }

    @Override
    public void endKey() {
        ends[keys++] = cells.length();
    }

    /**
     * Bytes of all rows.
     *
     * @param rows per requested row its distinct key
     * @throws ServingException beyond the limit
     */
    byte[] values(int[] rows, int limit) {
        long total = 0;
        for (int key : rows) {
            total += ends[key] - start(key);
        }
        if (total > limit) {
            throw WireBuffer.tooLarge(limit);
        }
        byte[] values = new byte[(int) total];
        int at = 0;
        for (int key : rows) {
            int length = ends[key] - start(key);
            System.arraycopy(cells.bytes(), start(key), values, at, length);
            at += length;
        }
        return values;
    }

    private int start(int key) {
        return key == 0 ? 0 : ends[key - 1];
    }

    /** {@code [rows][columns]}, one status number per byte. */
    byte[] statuses(int[] rows) {
        int columns = ends.length == 0 ? 0 : statuses.length / ends.length;
        if (rows.length == ends.length) {
            return statuses; // every key once, in order
        }
        byte[] all = new byte[Math.multiplyExact(rows.length, columns)];
        for (int row = 0; row < rows.length; row++) {
            System.arraycopy(statuses, rows[row] * columns, all, row * columns, columns);
        }
        return all;
    }
}
