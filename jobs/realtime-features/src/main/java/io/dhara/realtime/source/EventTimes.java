package io.dhara.realtime.source;

import io.dhara.flink.source.RawRecord;
import io.dhara.realtime.domain.definition.SourceSpec;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The event time of a source's records: from their field or, without one, Kafka's timestamp. */
final class EventTimes {
    private static final int KAFKA_TIMESTAMP = -1;
    private static final long MILLIS_PER_SECOND = 1_000;
    private static final long MICROS_PER_MILLI = 1_000;

    private final SourceSpec source;
    private final int column;

    EventTimes(SourceSpec source) {
        this.source = source;
        this.column =
                source.eventTime().isEmpty()
                        ? KAFKA_TIMESTAMP
                        : List.copyOf(source.fields().keySet()).indexOf(source.eventTime());
    }

    /**
     * Epoch milliseconds, 0 or more.
     *
     * @param nowMillis the clock, which it is at most {@code max-ahead} ahead of
     * @throws RejectedException if there is none or it cannot be
     */
    long of(RawRecord record, @Nullable Object[] row, long nowMillis) {
        long millis = column == KAFKA_TIMESTAMP ? record.timestampMillis() : ofField(row[column]);
        if (column == KAFKA_TIMESTAMP && millis < 0) {
            throw new RejectedException(
                    RejectReason.NO_EVENT_TIME, "the record has no Kafka timestamp");
        }
        if (millis < 0) {
            throw bad(row[column]);
        }
        if (millis - source.maxAhead().toMillis() > nowMillis) {
            throw new RejectedException(
                    RejectReason.FUTURE_EVENT_TIME,
                    "event time must be at most "
                            + source.maxAhead()
                            + " (max-ahead of source "
                            + source.name()
                            + ") ahead of the clock, "
                            + nowMillis
                            + " epoch milliseconds: got "
                            + millis);
        }
        return millis;
    }

    private long ofField(@Nullable Object value) {
        if (value == null) {
            throw new RejectedException(
                    RejectReason.NO_EVENT_TIME,
                    "field " + source.eventTime() + ", the event time, has no value");
        }
        try {
            return switch (source.eventTimeUnit()) {
                case S -> Math.multiplyExact((Long) value, MILLIS_PER_SECOND);
                case MS -> (Long) value;
                case US -> Math.floorDiv((Long) value, MICROS_PER_MILLI);
                case ISO_8601 -> OffsetDateTime.parse((String) value).toInstant().toEpochMilli();
            };
        } catch (ArithmeticException | DateTimeException e) {
            throw bad(value);
        }
    }

    private RejectedException bad(@Nullable Object value) {
        return new RejectedException(
                RejectReason.BAD_EVENT_TIME,
                "field "
                        + source.eventTime()
                        + ", the event time, must be a time since 1970 in "
                        + source.eventTimeUnit().text()
                        + " (event-time-unit): got "
                        + Texts.shown(String.valueOf(value)));
    }
}
