package io.dhara.ingest.domain;

import io.dhara.core.model.EntityKey;
import io.dhara.proto.persist.Data;
import io.dhara.stores.write.BlockWrite;

/** Reads the rows of one message: what is the same for all of them is here. */
final class RowReader {
    private final KeyColumns keys;
    private final GroupPlans groups;
    private final long writeTimeMicros;
    private final long nowMillis;
    private final BlockBuilder blocks;

    RowReader(
            KeyColumns keys,
            GroupPlans groups,
            long writeTimeMicros,
            long nowMillis,
            BlockBuilder blocks) {
        this.keys = keys;
        this.groups = groups;
        this.writeTimeMicros = writeTimeMicros;
        this.nowMillis = nowMillis;
        this.blocks = blocks;
    }

    /** Puts every unit of the row into the outcome. */
    void read(int row, Data data, MessageOutcome outcome) {
        EntityKey key;
        try {
            key = keys.keyOf(data.getKeyValuesList());
            if (data.getFeatureValuesCount() > groups.count()) {
                throw wrongCount(RejectReason.WRONG_COUNT, data);
            }
        } catch (RejectedException e) {
            outcome.rejectRow(row, e);
            return;
        }
        for (int group = 0; group < groups.count(); group++) {
            try {
                readUnit(row, group, key, data, outcome);
            } catch (RejectedException e) {
                outcome.rejectUnit(row, group, e);
            }
        }
    }

    private void readUnit(int row, int group, EntityKey key, Data data, MessageOutcome outcome) {
        GroupPlan plan = groups.plan(group);
        if (group >= data.getFeatureValuesCount()) {
            throw wrongCount(RejectReason.MISSING_VALUES, data);
        }
        BlockBuilder.Built built =
                blocks.build(
                        plan,
                        data.getFeatureValues(group).getValues(),
                        WriteTime.eventMillis(writeTimeMicros));
        if (plan.isExpiredAt(nowMillis)) {
            outcome.expireUnit(row, group, key);
            return;
        }
        BlockWrite write =
                new BlockWrite(
                        key,
                        plan.schema().label(),
                        plan.schema().id(),
                        plan.schema().storeId(),
                        writeTimeMicros,
                        plan.expiryEpochSeconds(),
                        built.block());
        outcome.writeUnit(row, group, write, built.lenientFp64());
    }

    private RejectedException wrongCount(RejectReason reason, Data data) {
        return new RejectedException(
                reason,
                "feature_values must have one entry per group, "
                        + groups.count()
                        + ": got "
                        + data.getFeatureValuesCount());
    }
}
