package io.dhara.flink.sink;

import io.dhara.flink.source.RawRecord;
import io.dhara.flink.source.RecordHeader;
import io.dhara.stores.write.BlockWrite;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Makes rejected records of writes that a store refused. */
public final class RefusedWrites {
    /** Reason code of every refused write. */
    public static final String REASON = "store-refused";

    private static final long MICROS_PER_MILLI = 1_000;

    private RefusedWrites() {}

    /**
     * @param refused a write with outcome REFUSED
     * @param source the record it came from; empty if that is gone from its topic, in which case
     *     the dead letter carries the block in its place and says so
     */
    public static RejectedRecord toRejected(SettledWrite refused, Optional<RawRecord> source) {
        BlockWrite write = refused.pending().write();
        long eventTimeMillis = Math.floorDiv(write.writeTimeMicros(), MICROS_PER_MILLI);
        String where = "store " + write.storeId() + " refused group " + write.group();
        String detail = where + " of entity " + write.key().entity() + ": " + refused.detail();
        RawRecord record =
                source.orElseGet(() -> blockInPlaceOf(refused.pending(), eventTimeMillis));
        if (source.isEmpty()) {
            detail += " (the record is gone from its topic; this value is the block)";
        }
        Rejection rejection = new Rejection(Rejection.WHOLE_MESSAGE, write.group(), REASON, detail);
        return new RejectedRecord(record, eventTimeMillis, 1, List.of(rejection));
    }

    private static RawRecord blockInPlaceOf(PendingWrite pending, long eventTimeMillis) {
        byte[] content = DeadLetters.CONTENT_BLOCK.getBytes(StandardCharsets.UTF_8);
        return new RawRecord(
                pending.source().topic(),
                pending.source().partition(),
                pending.source().offset(),
                eventTimeMillis,
                null,
                pending.write().block(),
                List.of(new RecordHeader(DeadLetters.CONTENT, content)));
    }
}
