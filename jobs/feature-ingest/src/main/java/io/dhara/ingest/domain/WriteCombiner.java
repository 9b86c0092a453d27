package io.dhara.ingest.domain;

import io.dhara.core.model.EntityKey;
import io.dhara.flink.sink.PendingWrite;
import io.dhara.flink.sink.WaitUnit;
import io.dhara.stores.write.BlockWrite;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Holds the newest write of each (key, group) until it is drained: a hot key costs one write per
 * flush, not one per event. The survivor carries the waits of those it superseded. Equal write
 * times keep the greater block (as unsigned bytes), which is what the Redis script does too, so the
 * winner does not depend on the order of arrival. Not thread-safe.
 */
public final class WriteCombiner {
    /** Objects and references around the bytes of one held write, roughly. */
    private static final int OVERHEAD_BYTES = 256;

    private record Unit(EntityKey key, int groupId) {}

    private final Map<Unit, PendingWrite> held = new LinkedHashMap<>();
    private long bytes;

    /**
     * @return whether one of two writes was superseded, so that one write less will be drained
     */
    public boolean add(PendingWrite write) {
        Unit unit = new Unit(write.write().key(), write.write().groupId());
        PendingWrite other = held.get(unit);
        if (other == null) {
            held.put(unit, write);
            bytes += sizeOf(write);
            return false;
        }
        PendingWrite winner = isNewer(write.write(), other.write()) ? write : other;
        PendingWrite merged = withWaits(winner, other.waits(), write.waits());
        held.put(unit, merged);
        bytes += sizeOf(merged) - sizeOf(other);
        return true;
    }

    /** Hands over what is held, each (key, group) once, in the order the units came first. */
    public void drain(Consumer<PendingWrite> out) {
        for (PendingWrite write : held.values()) {
            out.accept(write);
        }
        held.clear();
        bytes = 0;
    }

    public int size() {
        return held.size();
    }

    /** What it holds in memory, estimated. */
    public long bytes() {
        return bytes;
    }

    static boolean isNewer(BlockWrite write, BlockWrite other) {
        if (write.writeTimeMicros() != other.writeTimeMicros()) {
            return write.writeTimeMicros() > other.writeTimeMicros();
        }
        return Arrays.compareUnsigned(write.block(), other.block()) > 0;
    }

    static PendingWrite withWaits(PendingWrite write, List<WaitUnit> first, List<WaitUnit> second) {
        if (first.isEmpty() && second.isEmpty()) {
            return write;
        }
        List<WaitUnit> waits = new ArrayList<>(first.size() + second.size());
        waits.addAll(first);
        waits.addAll(second);
        return new PendingWrite(write.write(), write.source(), waits);
    }

    private static long sizeOf(PendingWrite write) {
        return OVERHEAD_BYTES * (1L + write.waits().size()) + write.write().block().length;
    }
}
