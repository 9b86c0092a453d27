package io.dhara.stores.write.interaction;

import java.util.Arrays;

/**
 * A stored week block that cannot be decoded. Equal if it is the same cell with the same bytes.
 *
 * @param table of the cold tier, without keyspace
 * @param column as {@code week_7}
 * @param bytes what is stored
 * @param reason why it cannot be decoded
 */
public record CorruptBlock(String table, String column, byte[] bytes, String reason) {

    @Override
    public boolean equals(Object other) {
        return other instanceof CorruptBlock that
                && table.equals(that.table)
                && column.equals(that.column)
                && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * table.hashCode() + column.hashCode()) + Arrays.hashCode(bytes);
    }

    /** Without the bytes. */
    @Override
    public String toString() {
        return table + "." + column + " (" + bytes.length + " bytes): " + reason;
    }
}
