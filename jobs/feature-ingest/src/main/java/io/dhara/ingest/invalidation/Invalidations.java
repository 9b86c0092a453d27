package io.dhara.ingest.invalidation;

import io.dhara.core.model.EntityKey;
import io.dhara.flink.sink.PendingWrite;
import io.dhara.flink.sink.RefusedWrites;
import io.dhara.flink.sink.SettledWrite;
import io.dhara.flink.sink.WaitUnit;
import io.dhara.ingest.domain.Notice;
import io.dhara.ingest.domain.RejectReason;
import io.dhara.proto.v1.Invalidation;
import io.dhara.proto.v1.Outcome;
import io.dhara.proto.v1.WaitToken;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the records of the invalidation topic. */
public final class Invalidations {
    private static final char AFTER_ENTITY = '\u0000';
    private static final String BETWEEN_VALUES = "\u001f";

    /** Wait tokens of one record, so that it stays well under a broker's limit. */
    private static final int MAX_WAITS = 1000;

    private Invalidations() {}

    /** Key of the Kafka record: one entity key stays in one partition. */
    public static byte[] recordKey(Invalidation invalidation) {
        String values = String.join(BETWEEN_VALUES, invalidation.getKeyValuesList());
        return (invalidation.getEntity() + AFTER_ENTITY + values).getBytes(StandardCharsets.UTF_8);
    }

    public static Invalidation of(Notice notice) {
        Invalidation.Builder builder =
                Invalidation.newBuilder()
                        .setEntity(notice.entity())
                        .addAllKeyValues(notice.keyValues())
                        .addAllGroups(notice.groups())
                        .addAllWaits(tokens(notice.waits()));
        RejectReason reason = notice.reason();
        return reason == null
                ? builder.setOutcome(Outcome.OUTCOME_APPLIED).build()
                : builder.setOutcome(Outcome.OUTCOME_REJECTED)
                        .setReason(reason.code())
                        .setDetail(notice.detail())
                        .build();
    }

    /**
     * What to tell of settled writes: per entity key one record for all that its store holds now,
     * and one for each refused write that somebody waits for.
     */
    static List<Invalidation> of(List<SettledWrite> settled) {
        Map<EntityKey, List<PendingWrite>> appliedByKey = new LinkedHashMap<>();
        List<Invalidation> all = new ArrayList<>();
        for (SettledWrite write : settled) {
            switch (write.outcome()) {
                case APPLIED, EXPIRED ->
                        appliedByKey
                                .computeIfAbsent(
                                        write.pending().write().key(), key -> new ArrayList<>())
                                .add(write.pending());
                case REFUSED -> {
                    if (!write.pending().waits().isEmpty()) {
                        addChunks(refused(write), write.pending().waits(), all);
                    }
                }
            }
        }
        appliedByKey.values().forEach(writes -> addApplied(writes, all));
        return all;
    }

    private static void addApplied(List<PendingWrite> writes, List<Invalidation> out) {
        EntityKey key = writes.get(0).write().key();
        long newest = Long.MIN_VALUE;
        List<WaitUnit> waits = new ArrayList<>();
        Invalidation.Builder builder =
                Invalidation.newBuilder()
                        .setEntity(key.entity())
                        .addAllKeyValues(key.values())
                        .setOutcome(Outcome.OUTCOME_APPLIED);
        for (PendingWrite write : writes) {
            builder.addGroups(write.write().group());
            newest = Math.max(newest, write.write().writeTimeMicros());
            waits.addAll(write.waits());
        }
        addChunks(builder.setWriteTimeMicros(newest).build(), waits, out);
    }

    private static Invalidation refused(SettledWrite write) {
        EntityKey key = write.pending().write().key();
        return Invalidation.newBuilder()
                .setEntity(key.entity())
                .addAllKeyValues(key.values())
                .addGroups(write.pending().write().group())
                .setWriteTimeMicros(write.pending().write().writeTimeMicros())
                .setOutcome(Outcome.OUTCOME_REJECTED)
                .setReason(RefusedWrites.REASON)
                .setDetail(write.detail())
                .build();
    }

    /** The record as often as its waits need, at least once. */
    private static void addChunks(
            Invalidation record, List<WaitUnit> waits, List<Invalidation> out) {
        int from = 0;
        do {
            int to = Math.min(waits.size(), from + MAX_WAITS);
            out.add(record.toBuilder().addAllWaits(tokens(waits.subList(from, to))).build());
            from = to;
        } while (from < waits.size());
    }

    private static List<WaitToken> tokens(List<WaitUnit> waits) {
        List<WaitToken> tokens = new ArrayList<>(waits.size());
        for (WaitUnit wait : waits) {
            tokens.add(
                    WaitToken.newBuilder()
                            .setRequestId(wait.requestId())
                            .setUnit(wait.unit())
                            .setUnits(wait.units())
                            .build());
        }
        return tokens;
    }
}
