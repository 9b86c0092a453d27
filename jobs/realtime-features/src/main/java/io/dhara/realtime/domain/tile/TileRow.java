package io.dhara.realtime.domain.tile;

import io.dhara.realtime.domain.aggregate.Partial;
import io.dhara.realtime.domain.bytes.ByteReader;
import io.dhara.realtime.domain.bytes.ByteWriter;
import io.dhara.realtime.domain.bytes.MalformedStateException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The partials of the columns of one lane, of one tile or of one window; a column without events
 * has none. As bytes: a bit per column that has one, then those.
 */
final class TileRow {
    private static final int VERSION = 1;

    private final List<StateColumn> columns;
    private final @Nullable Partial[] partials;

    TileRow(List<StateColumn> columns) {
        this.columns = columns;
        this.partials = new Partial[columns.size()];
    }

    @Nullable Partial partial(int column) {
        return partials[column];
    }

    /**
     * @param values by column; null where the event gives none
     */
    void add(@Nullable Object[] values, long eventTimeMillis) {
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value != null) {
                own(i).add(value, eventTimeMillis);
            }
        }
    }

    void merge(TileRow other) {
        for (int i = 0; i < partials.length; i++) {
            merge(i, other.partials[i]);
        }
    }

    void merge(int column, @Nullable Partial partial) {
        if (partial != null) {
            own(column).merge(partial);
        }
    }

    private Partial own(int column) {
        Partial partial = partials[column];
        if (partial == null) {
            partial = columns.get(column).type().create();
            partials[column] = partial;
        }
        return partial;
    }

    void write(ByteWriter out) {
        for (int base = 0; base < partials.length; base += 8) {
            int bits = 0;
            for (int i = base; i < Math.min(base + 8, partials.length); i++) {
                bits |= partials[i] == null ? 0 : 1 << (i - base);
            }
            out.writeByte(bits);
        }
        for (Partial partial : partials) {
            if (partial != null) {
                partial.write(out);
            }
        }
    }

    static TileRow read(List<StateColumn> columns, ByteReader in) {
        TileRow row = new TileRow(columns);
        byte[] bits = new byte[(columns.size() + 7) / 8];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = (byte) in.readByte();
        }
        for (int i = 0; i < columns.size(); i++) {
            if ((bits[i / 8] >> (i % 8) & 1) != 0) {
                row.partials[i] = columns.get(i).type().read(in);
            }
        }
        return row;
    }

    /** With its version, to stand alone. */
    byte[] toBytes() {
        ByteWriter out = new ByteWriter();
        out.writeByte(VERSION);
        write(out);
        return out.toBytes();
    }

    static TileRow of(List<StateColumn> columns, byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        int version = in.readByte();
        if (version != VERSION) {
            throw new MalformedStateException(
                    0, "tile version " + version + ", this release reads " + VERSION);
        }
        TileRow row = read(columns, in);
        in.finish();
        return row;
    }
}
