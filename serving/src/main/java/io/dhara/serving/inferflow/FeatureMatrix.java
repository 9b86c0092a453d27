package io.dhara.serving.inferflow;

import io.dhara.core.model.DataType;
import io.dhara.core.psdb.FeatureText;
import io.dhara.graph.PlanColumn;
import io.dhara.serving.feature.EntityAnswer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The cells of one request: rows times the columns of a plan, values in the form a stored value is
 * served in (numbers little endian, booleans a byte each, strings UTF-8), and a status per cell.
 * Fixed-width cells stand row by row in one array. Threads may fill different columns at once; what
 * one filled is seen by another only through the completion of its node.
 */
public final class FeatureMatrix {
    private final List<PlanColumn> columns;
    private final int rows;
    private final int[] offsets;
    private final int[] widths;
    private final int stride;
    private final byte[] fixed;
    private final byte @Nullable [][] varying;
    private final byte[] statuses;
    private final long @Nullable [][] eventTimes;
    private final List<@Nullable List<String>> texts;

    /**
     * @param columns whose {@link PlanColumn#index()} is their place in the list
     * @param rows at least 0
     */
    public FeatureMatrix(List<PlanColumn> columns, int rows) {
        this.columns = columns;
        this.rows = rows;
        this.offsets = new int[columns.size()];
        this.widths = new int[columns.size()];
        int width = 0;
        int varyingColumns = 0;
        for (int i = 0; i < offsets.length; i++) {
            int cell = columns.get(i).width();
            widths[i] = cell;
            if (cell == 0) {
                offsets[i] = -1 - varyingColumns++;
            } else {
                offsets[i] = width;
                width += cell;
            }
        }
        this.stride = width;
        this.fixed = new byte[Math.multiplyExact(rows, stride)];
        this.varying = new byte[Math.multiplyExact(rows, varyingColumns)][];
        this.statuses = new byte[Math.multiplyExact(rows, columns.size())];
        this.eventTimes = new long[columns.size()][];
        this.texts = new ArrayList<>(Collections.nCopies(columns.size(), null));
    }

    public int rows() {
        return rows;
    }

    public List<PlanColumn> columns() {
        return columns;
    }

    /**
     * Fills a cell with {@code length} bytes, copied.
     *
     * @throws IllegalArgumentException if a fixed-width cell is given another length
     */
    public void put(int column, int row, byte[] from, int offset, int length, CellStatus status) {
        int place = offsets[column];
        if (place < 0) {
            varying[varyingPlace(place, row)] = Arrays.copyOfRange(from, offset, offset + length);
        } else {
            checkWidth(column, length);
            System.arraycopy(from, offset, fixed, row * stride + place, length);
        }
        statuses[row * columns.size() + column] = status.code();
    }

    /** Fills a cell with all of these bytes, copied; see {@link #put}. */
    public void put(int column, int row, byte[] value, CellStatus status) {
        put(column, row, value, 0, value.length, status);
    }

    /**
     * Fills a cell with a stored value.
     *
     * @throws IllegalArgumentException if a fixed-width cell is given another length
     */
    void put(int column, int row, EntityAnswer.StoredCell cell) {
        int place = offsets[column];
        int length = cell.length();
        if (place < 0) {
            byte[] value = new byte[length];
            cell.copyTo(value, 0);
            varying[varyingPlace(place, row)] = value;
        } else {
            checkWidth(column, length);
            cell.copyTo(fixed, row * stride + place);
        }
        statuses[row * columns.size() + column] = CellStatus.PRESENT.code();
    }

    /**
     * Fills the cells of neighbouring columns with stored numbers.
     *
     * @return false, and nothing is filled, if these columns do not stand side by side
     */
    boolean putRun(int column, int row, EntityAnswer.StoredRun run) {
        int last = column + run.count() - 1;
        if (last >= offsets.length
                || offsets[column] < 0
                || offsets[last] - offsets[column] != (run.count() - 1) * run.width()
                || widths[last] != run.width()) {
            return false;
        }
        run.copyTo(fixed, row * stride + offsets[column]);
        int from = row * columns.size() + column;
        Arrays.fill(statuses, from, from + run.count(), CellStatus.PRESENT.code());
        return true;
    }

    /** Fills the cells of a run with what those of another row hold. */
    void repeatRun(int column, int count, int width, int from, int row) {
        System.arraycopy(
                fixed,
                from * stride + offsets[column],
                fixed,
                row * stride + offsets[column],
                count * width);
        System.arraycopy(
                statuses,
                from * columns.size() + column,
                statuses,
                row * columns.size() + column,
                count);
    }

    /** The values of an input as they were given: one per row, or one for all. */
    void texts(int column, List<String> values) {
        texts.set(column, values);
    }

    private void checkWidth(int column, int length) {
        int width = widths[column];
        if (length != width) {
            throw new IllegalArgumentException(
                    "column %s has cells of %d bytes, got %d"
                            .formatted(columns.get(column).name(), width, length));
        }
    }

    /** Fills a cell with its column's fallback. */
    public void fallBack(int column, int row, CellStatus status) {
        put(column, row, columns.get(column).fallback(), status);
    }

    /** Marks the cells that nothing has filled and gives them their column's fallback. */
    void fillEmpty(int[] some, CellStatus status) {
        for (int column : some) {
            for (int row = 0; row < rows; row++) {
                if (statuses[row * columns.size() + column] == CellStatus.EMPTY.code()) {
                    fallBack(column, row, status);
                }
            }
        }
    }

    /** Fills a cell with what another cell of the column holds. */
    void repeat(int column, int from, int row) {
        int place = offsets[column];
        if (place < 0) {
            varying[varyingPlace(place, row)] = varying[varyingPlace(place, from)];
        } else {
            int width = widths[column];
            System.arraycopy(fixed, from * stride + place, fixed, row * stride + place, width);
        }
        int width = columns.size();
        statuses[row * width + column] = statuses[from * width + column];
    }

    /** Whether two cells of a column hold the same bytes and status. */
    boolean isSame(int column, int one, int other) {
        int width = columns.size();
        if (statuses[one * width + column] != statuses[other * width + column]) {
            return false;
        }
        int first = start(column, one);
        int second = start(column, other);
        return Arrays.equals(
                array(column, one),
                first,
                first + length(column, one),
                array(column, other),
                second,
                second + length(column, other));
    }

    /**
     * Keeps when the values of these columns happened.
     *
     * @param micros per row, epoch microseconds; 0 where nothing is stored. Not copied
     */
    public void eventTimes(int[] some, long[] micros) {
        for (int column : some) {
            eventTimes[column] = micros;
        }
    }

    /**
     * Event time of the stored block that the cell comes from, epoch microseconds; 0 where there is
     * none, where it is not known, or where the request is not logged.
     */
    public long eventTimeMicros(int column, int row) {
        long[] times = eventTimes[column];
        return times == null ? 0 : times[row];
    }

    public CellStatus status(int column, int row) {
        return CellStatus.ofCode(statuses[row * columns.size() + column]);
    }

    /** Copies the statuses of columns that follow each other. */
    void copyStatuses(int column, int count, int row, byte[] to, int offset) {
        System.arraycopy(statuses, row * columns.size() + column, to, offset, count);
    }

    byte statusCode(int column, int row) {
        return statuses[row * columns.size() + column];
    }

    /** Whether a fixed-width column stands this many bytes behind another. */
    boolean isBeside(int column, int bytes, int other) {
        return offsets[column] >= 0 && offsets[other] == offsets[column] + bytes;
    }

    /** Whether the cell holds a value that was read, given or computed. */
    public boolean isPresent(int column, int row) {
        return statuses[row * columns.size() + column] == CellStatus.PRESENT.code();
    }

    /** Bytes in a cell; 0 for a varying cell that is not filled. */
    public int length(int column, int row) {
        int place = offsets[column];
        if (place >= 0) {
            return widths[column];
        }
        byte[] value = varying[varyingPlace(place, row)];
        return value == null ? 0 : value.length;
    }

    /** Copies the cell's {@link #length} bytes. */
    public void copy(int column, int row, byte[] to, int offset) {
        int length = length(column, row);
        if (length > 0) {
            System.arraycopy(array(column, row), start(column, row), to, offset, length);
        }
    }

    /** The array that holds the cell, from {@link #start} on. Do not change it. */
    public byte[] array(int column, int row) {
        int place = offsets[column];
        if (place >= 0) {
            return fixed;
        }
        byte[] value = varying[varyingPlace(place, row)];
        return value == null ? NOTHING : value;
    }

    private static final byte[] NOTHING = {};

    /** Where the cell begins in {@link #array}. */
    public int start(int column, int row) {
        int place = offsets[column];
        return place < 0 ? 0 : row * stride + place;
    }

    /**
     * The cell as text: strings as they are, numbers in decimal as the peer prints them, whatever
     * the status.
     */
    public String text(int column, int row) {
        PlanColumn plan = columns.get(column);
        byte[] bytes = array(column, row);
        int start = start(column, row);
        int length = length(column, row);
        if (plan.type() == DataType.STRING) {
            List<String> given = texts.get(column);
            return given == null
                    ? new String(bytes, start, length, StandardCharsets.UTF_8)
                    : given.get(given.size() == 1 ? 0 : row);
        }
        StringBuilder text = new StringBuilder();
        FeatureText.append(text, plan.type(), plan.vectorLength(), bytes, start, length);
        return text.toString();
    }

    private int varyingPlace(int place, int row) {
        return (-1 - place) * rows + row;
    }
}
