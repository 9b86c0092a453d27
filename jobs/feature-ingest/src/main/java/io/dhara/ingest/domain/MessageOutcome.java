package io.dhara.ingest.domain;

import static java.util.Objects.requireNonNull;

import io.dhara.core.model.EntityKey;
import io.dhara.flink.sink.PendingWrite;
import io.dhara.flink.sink.RejectedRecord;
import io.dhara.flink.sink.Rejection;
import io.dhara.flink.sink.WaitUnit;
import io.dhara.flink.source.RawRecord;
import io.dhara.proto.persist.Query;
import io.dhara.stores.write.BlockWrite;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gathers what becomes of the units of one message. */
final class MessageOutcome {
    private record Unit(EntityKey key, int groupIndex) {}

    private final RawRecord record;
    private final Query query;
    private final int groups;
    private final int units;
    private final long eventMillis;
    private final @Nullable String requestId;

    private final List<PendingWrite> writes = new ArrayList<>();
    private final Map<Unit, Integer> writeOf = new HashMap<>();
    private final List<Rejection> rejections = new ArrayList<>();
    private final List<Notice> notices = new ArrayList<>();
    private int combined;
    private int expired;
    private int rejected;
    private int lenientFp64;
    private boolean schemaMayBeOld;

    /**
     * @param query the message; the default instance if it cannot be read
     */
    MessageOutcome(RawRecord record, Query query, long eventMillis) {
        this.record = requireNonNull(record, "record is null");
        this.query = requireNonNull(query, "query is null");
        this.groups = query.getFeatureGroupSchemaCount();
        this.units = unitsOf(query);
        this.eventMillis = eventMillis;
        this.requestId = MessageHeaders.requestId(record);
    }

    /** Rows x groups, but at least 1; at most {@code Integer.MAX_VALUE}. */
    static int unitsOf(Query query) {
        long units = (long) query.getDataCount() * query.getFeatureGroupSchemaCount();
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, units));
    }

    void rejectMessage(RejectedException e) {
        rejected = units;
        schemaMayBeOld |= e.reason().mayBeAhead();
        rejections.add(new Rejection(Rejection.WHOLE_MESSAGE, "", e.reason().code(), e.detail()));
        if (requestId != null) {
            notices.add(
                    new Notice(
                            query.getEntityLabel(),
                            List.of(),
                            List.of(),
                            e.reason(),
                            e.detail(),
                            List.of(WaitUnit.all(requestId))));
        }
    }

    /** All groups of a row. */
    void rejectRow(int row, RejectedException e) {
        explain(row, "", e);
        rejected += groups;
        if (requestId != null) {
            List<WaitUnit> waits = new ArrayList<>();
            for (int group = 0; group < groups; group++) {
                waits.addAll(waitsOf(row, group));
            }
            notices.add(
                    new Notice(
                            query.getEntityLabel(),
                            query.getData(row).getKeyValuesList(),
                            List.of(),
                            e.reason(),
                            e.detail(),
                            waits));
        }
    }

    void rejectUnit(int row, int group, RejectedException e) {
        String label = query.getFeatureGroupSchema(group).getLabel();
        explain(row, label, e);
        rejected++;
        if (requestId != null) {
            notices.add(
                    new Notice(
                            query.getEntityLabel(),
                            query.getData(row).getKeyValuesList(),
                            List.of(label),
                            e.reason(),
                            e.detail(),
                            waitsOf(row, group)));
        }
    }

    private void explain(int row, String group, RejectedException e) {
        schemaMayBeOld |= e.reason().mayBeAhead();
        if (rejections.size() < RejectedRecord.MAX_REJECTIONS) {
            rejections.add(new Rejection(row, group, e.reason().code(), e.detail()));
        }
    }

    void expireUnit(int row, int group, EntityKey key) {
        expired++;
        if (requestId != null) {
            notices.add(
                    new Notice(
                            key.entity(),
                            key.values(),
                            List.of(query.getFeatureGroupSchema(group).getLabel()),
                            null,
                            "",
                            waitsOf(row, group)));
        }
    }

    /** A later row of the same key supersedes an earlier one. */
    void writeUnit(int row, int group, BlockWrite write, boolean lenient) {
        lenientFp64 += lenient ? 1 : 0;
        PendingWrite pending = new PendingWrite(write, record.position(), waitsOf(row, group));
        Integer earlier = writeOf.putIfAbsent(new Unit(write.key(), group), writes.size());
        if (earlier == null) {
            writes.add(pending);
            return;
        }
        combined++;
        PendingWrite superseded = writes.get(earlier);
        writes.set(earlier, WriteCombiner.withWaits(pending, superseded.waits(), pending.waits()));
    }

    private List<WaitUnit> waitsOf(int row, int group) {
        return requestId == null
                ? List.of()
                : List.of(new WaitUnit(requestId, row * groups + group, units));
    }

    /** Whether something was unknown that a newer schema may know. */
    boolean schemaMayBeOld() {
        return schemaMayBeOld;
    }

    ReadResult toResult() {
        RejectedRecord letter =
                rejections.isEmpty()
                        ? null
                        : new RejectedRecord(record, eventMillis, rejected, rejections);
        return new ReadResult(units, writes, combined, expired, lenientFp64, letter, notices);
    }
}
