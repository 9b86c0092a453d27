package io.dhara.stores.scylla;

import io.dhara.core.interaction.InteractionType;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A select of one user's neighbouring slots. Slots between wanted ones are read along, so that a
 * table needs at most 36 different statements, one for every first and last slot.
 *
 * @param table of blocks or of counts
 * @param first slot, included
 * @param last slot, included
 * @param writeTimes whether each slot's column is followed by its write time
 */
public record WeekSelect(String table, int first, int last, boolean writeTimes) {

    /**
     * One select per bucket that has any of these slots, over all of its wanted slots.
     *
     * @return by bucket, in order
     */
    public static Map<Integer, WeekSelect> covering(
            InteractionType type, Collection<Integer> slots, boolean writeTimes) {
        Map<Integer, WeekSelect> byBucket = new TreeMap<>();
        for (int slot : slots) {
            int bucket = WeekTables.bucket(slot);
            WeekSelect one =
                    new WeekSelect(WeekTables.blocks(type, bucket), slot, slot, writeTimes);
            byBucket.merge(bucket, one, WeekSelect::with);
        }
        return byBucket;
    }

    private WeekSelect with(WeekSelect other) {
        return new WeekSelect(
                table, Math.min(first, other.first), Math.max(last, other.last), writeTimes);
    }

    public String cql(String keyspace) {
        return "SELECT "
                + WeekTables.columns(first, last).stream()
                        .map(c -> writeTimes ? c + ",WRITETIME(" + c + ")" : c)
                        .collect(Collectors.joining(","))
                + " FROM "
                + CqlNames.table(keyspace, table)
                + " WHERE "
                + WeekTables.USER_COLUMN
                + "=?";
    }

    /** Position of a slot's value in the result; its write time, if selected, is the next one. */
    public int position(int slot) {
        return (slot - first) * (writeTimes ? 2 : 1);
    }
}
