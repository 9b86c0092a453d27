package io.dhara.stores.write.scylla;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatementBuilder;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.dhara.core.interaction.InteractionType;
import io.dhara.core.interaction.WeekSlots;
import io.dhara.stores.scylla.WeekSelect;
import io.dhara.stores.scylla.WeekTables;
import io.dhara.stores.write.interaction.HiddenWriteException;
import io.dhara.stores.write.interaction.NewerCellException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a flush writes of one type.
 *
 * @param changed blocks and counts by slot; at least one when it is written
 */
record WeekFlush(InteractionType type, Map<Integer, Slot> changed) {
    private static final int MILLIS_PER_SECOND = 1000;

    /** A block whose count has expired would be taken for an empty slot. */
    private static final Duration COUNTS_OUTLIVE_BLOCKS = Duration.ofDays(1);

    /**
     * A changed slot.
     *
     * @param block as it is to be stored
     * @param count interactions in the block
     * @param keptUntilMillis when the block may be forgotten, epoch milliseconds
     * @param cellMicros write time of the block it replaces, epoch microseconds; {@link #NO_CELL}
     *     if there is none
     */
    record Slot(byte[] block, int count, long keptUntilMillis, long cellMicros) {
        static final long NO_CELL = Long.MIN_VALUE;

        boolean isFresh() {
            return cellMicros == NO_CELL;
        }
    }

    /** One update and what it sets. */
    record TableWrite(WeekUpdate update, Map<Integer, Slot> slots, boolean counts) {

        BoundStatement bind(
                PreparedStatement prepared, String userId, long nowMillis, long writeTimeMicros) {
            BoundStatementBuilder bound =
                    prepared.boundStatementBuilder()
                            .setInt(WeekUpdate.TTL_POSITION, ttlSeconds(nowMillis))
                            .setLong(WeekUpdate.WRITE_TIME_POSITION, writeTimeMicros)
                            .setString(update.userPosition(), userId);
            for (Map.Entry<Integer, Slot> entry : slots.entrySet()) {
                int position = update.position(entry.getKey());
                Slot slot = entry.getValue();
                bound =
                        counts
                                ? bound.setInt(position, slot.count())
                                : bound.setByteBuffer(position, ByteBuffer.wrap(slot.block()));
            }
            return bound.build();
        }

        /** Why these cells must not be written with this time; null if they may. */
        @Nullable NewerCellException newerThan(long writeTimeMicros) {
            for (Map.Entry<Integer, Slot> entry : slots.entrySet()) {
                long cellMicros = entry.getValue().cellMicros();
                if (cellMicros >= writeTimeMicros) {
                    return new NewerCellException(
                            update.table() + "." + WeekTables.column(entry.getKey()),
                            cellMicros,
                            writeTimeMicros);
                }
            }
            return null;
        }

        /** Whether a slot is written that had no cell. */
        boolean hasFresh() {
            return slots.values().stream().anyMatch(Slot::isFresh);
        }

        /** Reads the slots that had no cell, with their write times. */
        WeekSelect selectFresh() {
            List<Integer> fresh =
                    slots.keySet().stream().filter(slot -> slots.get(slot).isFresh()).toList();
            return new WeekSelect(update.table(), fresh.get(0), fresh.get(fresh.size() - 1), true);
        }

        /** The first of the slots that had no cell and still has none; null if all have one. */
        @Nullable HiddenWriteException hiddenIn(@Nullable Row row, long writeTimeMicros) {
            WeekSelect select = selectFresh();
            for (Map.Entry<Integer, Slot> entry : slots.entrySet()) {
                int writeTime = select.position(entry.getKey()) + 1;
                if (entry.getValue().isFresh()
                        && (row == null
                                || row.isNull(writeTime)
                                || row.getLong(writeTime) < writeTimeMicros)) {
                    return new HiddenWriteException(
                            update.table() + "." + WeekTables.column(entry.getKey()),
                            writeTimeMicros);
                }
            }
            return null;
        }

        /** Until the longest-lived of the slots may be forgotten: an update has one TTL. */
        private int ttlSeconds(long nowMillis) {
            long until = Long.MIN_VALUE;
            for (Slot slot : slots.values()) {
                until = Math.max(until, slot.keptUntilMillis());
            }
            long left = until - nowMillis + (counts ? COUNTS_OUTLIVE_BLOCKS.toMillis() : 0);
            return Math.toIntExact(Math.max(1, left / MILLIS_PER_SECOND));
        }
    }

    /** The update of the counts. Its cells live longer than any block of this flush. */
    TableWrite countsWrite() {
        return new TableWrite(
                new WeekUpdate(WeekTables.counts(type), 0, WeekSlots.SLOTS - 1), changed, true);
    }

    /** One update per touched table of blocks. */
    List<TableWrite> blockWrites() {
        Map<Integer, Map<Integer, Slot>> byBucket = new TreeMap<>();
        changed.forEach(
                (slot, block) ->
                        byBucket.computeIfAbsent(WeekTables.bucket(slot), b -> new TreeMap<>())
                                .put(slot, block));
        List<TableWrite> writes = new ArrayList<>(byBucket.size());
        byBucket.forEach(
                (bucket, slots) -> writes.add(new TableWrite(update(bucket), slots, false)));
        return writes;
    }

    private WeekUpdate update(int bucket) {
        int first = bucket * WeekSlots.SLOTS_PER_TABLE;
        return new WeekUpdate(
                WeekTables.blocks(type, bucket), first, first + WeekSlots.SLOTS_PER_TABLE - 1);
    }
}
