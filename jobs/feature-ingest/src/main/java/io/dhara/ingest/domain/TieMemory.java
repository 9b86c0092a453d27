package io.dhara.ingest.domain;

import io.dhara.core.model.EntityKey;
import io.dhara.flink.source.SourcePosition;
import io.dhara.stores.write.BlockWrite;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps ties in offset order across a wrap of the slot's modulus: remembers the newest record of
 * the last {@code capacity} (key, group, partition) and gives a later record of the same
 * millisecond a slot above it. A restart continues from {@link #snapshot}, so a replay gives the
 * same slots. Not thread-safe.
 *
 * <p>Only ties of the newest event time of a key matter, older ones are superseded anyway. A tie
 * after the hundredth wrap, or with a record already forgotten, is ordered by its natural slot.
 */
public final class TieMemory {
    private record Place(EntityKey key, int groupId, int partition) {}

    private final int capacity;
    private final Map<Place, RecentTie> recent = new LinkedHashMap<>(64, 0.75f, true);

    public TieMemory(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be positive: got " + capacity);
        }
        this.capacity = capacity;
    }

    /** The write with the write time that its tie, if any, asks for. */
    public BlockWrite order(BlockWrite write, SourcePosition source) {
        long eventMillis = WriteTime.eventMillis(write.writeTimeMicros());
        Place place = new Place(write.key(), write.groupId(), source.partition());
        RecentTie last = recent.get(place);
        int slot = WriteTime.naturalSlot(source.offset());
        if (last != null && last.eventMillis() == eventMillis) {
            slot = slotAfter(last, source.offset(), slot);
        }
        if (last == null || isNewer(last, eventMillis, source.offset())) {
            remember(
                    new RecentTie(
                            write.key(),
                            write.groupId(),
                            source.partition(),
                            eventMillis,
                            source.offset(),
                            slot));
        }
        long writeTime = WriteTime.of(eventMillis, slot);
        return writeTime == write.writeTimeMicros()
                ? write
                : new BlockWrite(
                        write.key(),
                        write.group(),
                        write.groupId(),
                        write.storeId(),
                        writeTime,
                        write.expiryEpochSeconds(),
                        write.block());
    }

    private static int slotAfter(RecentTie last, long offset, int natural) {
        if (offset == last.offset()) {
            return last.slot();
        }
        if (offset < last.offset() || natural > last.slot()) {
            return natural;
        }
        return Math.min(WriteTime.LAST_SLOT, Math.max(WriteTime.NATURAL_SLOTS, last.slot() + 1));
    }

    private static boolean isNewer(RecentTie last, long eventMillis, long offset) {
        return eventMillis > last.eventMillis()
                || eventMillis == last.eventMillis() && offset > last.offset();
    }

    /** Takes it over from a snapshot, as the most recent. */
    public void remember(RecentTie tie) {
        recent.put(new Place(tie.key(), tie.groupId(), tie.partition()), tie);
        if (recent.size() > capacity) {
            var eldest = recent.keySet().iterator();
            eldest.next();
            eldest.remove();
        }
    }

    /** What it remembers, the least recently used first. */
    public List<RecentTie> snapshot() {
        return new ArrayList<>(recent.values());
    }
}
