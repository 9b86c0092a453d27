package io.dhara.ingest.domain;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.InvalidProtocolBufferException;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.flink.source.RawRecord;
import io.dhara.proto.persist.Query;
import java.util.function.LongSupplier;

/**
 * Reads feature messages: parses, checks every row against one schema snapshot, and builds the
 * blocks. Every unit of every message ends in the result as a write, superseded, expired or
 * rejected with a reason; nothing else can happen to it. For one thread.
 *
 * <p>A write replaces its whole group: features that were not sent take their defaults.
 */
public final class FeatureMessageReader {
    private final IngestRules rules;
    private final SchemaRegistry registry;
    private final LongSupplier nowMillis;
    private final BlockBuilder blocks;

    /**
     * @param nowMillis clock, epoch milliseconds
     */
    public FeatureMessageReader(
            IngestRules rules, SchemaRegistry registry, LongSupplier nowMillis) {
        this.rules = requireNonNull(rules, "rules is null");
        this.registry = requireNonNull(registry, "registry is null");
        this.nowMillis = requireNonNull(nowMillis, "nowMillis is null");
        this.blocks = new BlockBuilder(new NumberChecks(rules));
    }

    /** Blocks for at most a second, when the message names something the registry must look up. */
    public ReadResult read(RawRecord record) {
        Query query;
        MessageHeaders headers;
        try {
            query = parse(record);
        } catch (RejectedException e) {
            return rejected(record, Query.getDefaultInstance(), e);
        }
        try {
            headers = MessageHeaders.of(record);
            checkEventTime(headers.eventMillis());
            checkSize(query);
        } catch (RejectedException e) {
            return rejected(record, query, e);
        }
        SchemaSnapshot snapshot = registry.current();
        MessageOutcome outcome = check(snapshot, record, query, headers);
        if (outcome.schemaMayBeOld()) {
            SchemaSnapshot newer = registry.refresh();
            if (newer != snapshot) {
                outcome = check(newer, record, query, headers);
            }
        }
        return outcome.toResult();
    }

    /** The whole message rejected because of a defect of this program. */
    public static ReadResult failed(RawRecord record, String detail) {
        return rejected(
                record,
                Query.getDefaultInstance(),
                new RejectedException(RejectReason.INTERNAL_ERROR, detail));
    }

    private static ReadResult rejected(RawRecord record, Query query, RejectedException e) {
        MessageOutcome outcome = new MessageOutcome(record, query, record.timestampMillis());
        outcome.rejectMessage(e);
        return outcome.toResult();
    }

    private Query parse(RawRecord record) {
        byte[] value = record.value();
        if (value == null) {
            throw new RejectedException(RejectReason.UNPARSABLE, "the record has no value");
        }
        if (value.length > rules.maxMessageBytes()) {
            throw new RejectedException(
                    RejectReason.OVERSIZED_MESSAGE,
                    "message must have at most "
                            + rules.maxMessageBytes()
                            + " bytes (ingest.max-message-bytes): got "
                            + value.length);
        }
        try {
            return Query.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new RejectedException(
                    RejectReason.UNPARSABLE, "not a persist.Query: " + e.getMessage());
        }
    }

    private void checkEventTime(long eventMillis) {
        long latest = nowMillis.getAsLong() + rules.maxFuture().toMillis();
        if (eventMillis > latest) {
            throw new RejectedException(
                    RejectReason.FUTURE_EVENT_TIME,
                    "event time must be at most "
                            + rules.maxFuture().toSeconds()
                            + " s ahead of the clock (ingest.max-future): got "
                            + eventMillis
                            + ", latest allowed "
                            + latest);
        }
    }

    private void checkSize(Query query) {
        if (query.getDataCount() == 0 || query.getFeatureGroupSchemaCount() == 0) {
            throw new RejectedException(
                    RejectReason.EMPTY_MESSAGE,
                    "a message needs rows and feature groups: got "
                            + query.getDataCount()
                            + " in data, "
                            + query.getFeatureGroupSchemaCount()
                            + " in feature_group_schema");
        }
        int units = MessageOutcome.unitsOf(query);
        if (units > rules.maxUnitsPerMessage()) {
            throw new RejectedException(
                    RejectReason.TOO_MANY_ROWS,
                    "rows x groups must be at most "
                            + rules.maxUnitsPerMessage()
                            + " (ingest.max-units-per-message): got "
                            + units);
        }
    }

    private MessageOutcome check(
            SchemaSnapshot snapshot, RawRecord record, Query query, MessageHeaders headers) {
        MessageOutcome outcome = new MessageOutcome(record, query, headers.eventMillis());
        try {
            EntitySchema entity = snapshot.entity(query.getEntityLabel());
            if (entity == null) {
                throw new RejectedException(
                        RejectReason.UNKNOWN_ENTITY,
                        "entity "
                                + Labels.shown(query.getEntityLabel())
                                + " is not in schema revision "
                                + snapshot.revision());
            }
            RowReader rows =
                    new RowReader(
                            KeyColumns.of(entity, query.getKeysSchemaList()),
                            GroupPlans.of(snapshot, entity, query, headers),
                            WriteTime.natural(headers.eventMillis(), record.offset()),
                            nowMillis.getAsLong(),
                            blocks);
            for (int row = 0; row < query.getDataCount(); row++) {
                rows.read(row, query.getData(row), outcome);
            }
        } catch (RejectedException e) {
            outcome.rejectMessage(e);
        }
        return outcome;
    }
}
