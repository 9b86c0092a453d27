package io.dhara.stores.scylla;

import io.dhara.core.interaction.InteractionType;
import io.dhara.core.interaction.WeekSlots;
import io.dhara.stores.key.ScyllaKeys;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Names of the cold tier's tables and columns, BharatMLStack's: per type three tables of eight week
 * blocks and one of all 24 counts, one row per user in each.
 */
public final class WeekTables {
    /** Bucket tables of a type. */
    public static final int BUCKETS = WeekSlots.SLOTS / WeekSlots.SLOTS_PER_TABLE;

    /** The partition key, text. */
    public static final String USER_COLUMN = "user_id";

    /** The store's limit of a partition key column, in bytes of UTF-8. */
    public static final int MAX_USER_BYTES = ScyllaKeys.MAX_VALUE_BYTES;

    private static final int MAX_UTF8_BYTES_PER_CHAR = 3;

    private WeekTables() {}

    /** Table of the blocks of slots {@code 8 * bucket .. 8 * bucket + 7}. */
    public static String blocks(InteractionType type, int bucket) {
        return type.table() + "_interactions_bucket" + (bucket + 1);
    }

    /** Table of the counts of all slots. */
    public static String counts(InteractionType type) {
        return type.table() + "_interactions_metadata";
    }

    /** Bucket of a slot, 0..2. */
    public static int bucket(int slot) {
        return slot / WeekSlots.SLOTS_PER_TABLE;
    }

    /** Column of a slot, the same in both kinds of tables. */
    public static String column(int slot) {
        return "week_" + slot;
    }

    /** Columns of the slots from first to last, both included. */
    public static List<String> columns(int first, int last) {
        return IntStream.rangeClosed(first, last).mapToObj(WeekTables::column).toList();
    }

    /** Whether the store can have a row of this user: the id is not empty and not too long. */
    public static boolean canHold(String userId) {
        return !userId.isEmpty()
                && (userId.length() <= MAX_USER_BYTES / MAX_UTF8_BYTES_PER_CHAR
                        || userId.getBytes(StandardCharsets.UTF_8).length <= MAX_USER_BYTES);
    }

    /** Removes what was written to a user's row up to a time. */
    public static String delete(String keyspace, String table) {
        return "DELETE FROM "
                + CqlNames.table(keyspace, table)
                + " USING TIMESTAMP ? WHERE "
                + USER_COLUMN
                + "=?";
    }
}
