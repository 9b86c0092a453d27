package io.dhara.realtime.source;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.source.PartitionWatermarks;
import io.dhara.realtime.domain.event.FeatureEvent;
import io.dhara.realtime.domain.event.FieldType;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.types.Row;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Makes the row of a select an event: its columns in the declared order, then {@code event_time}. A
 * select may compute the time, so it is checked as that of a record is. A row without a time since
 * 1970, or with one further ahead of the clock than any source allows, is no event: it is counted
 * ({@code dhara.rowsWithoutTime}, {@code dhara.rowsInFuture}) and put aside.
 */
final class RowToEvent extends ProcessFunction<Row, FeatureEvent> {
    private static final long serialVersionUID = 1L;

    /**
     * Rows whose time cannot be, with {@link PartitionWatermarks#NO_TIME} where there is none since
     * 1970.
     */
    static final OutputTag<FeatureEvent> UNTIMELY =
            new OutputTag<>("untimely", FeatureEventSerializer.TYPE);

    /** Epoch milliseconds. */
    interface Clock extends LongSupplier, Serializable {}

    private static final Instant LATEST = Instant.ofEpochMilli(Long.MAX_VALUE);

    private final FieldType[] types;
    private final long maxAheadMillis;
    private final Clock clock;

    private transient Counter rowsWithoutTime;
    private transient Counter rowsInFuture;

    @SuppressWarnings("NullAway.Init") // open sets the counters
    RowToEvent(List<FieldType> types, Duration maxAhead, Clock clock) {
        this.types = types.toArray(FieldType[]::new);
        this.maxAheadMillis = maxAhead.toMillis();
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void open(OpenContext context) {
        MetricGroup group = getRuntimeContext().getMetricGroup().addGroup("dhara");
        rowsWithoutTime = group.counter("rowsWithoutTime");
        rowsInFuture = group.counter("rowsInFuture");
    }

    @Override
    public void processElement(Row row, Context context, Collector<FeatureEvent> out) {
        Instant time = (Instant) row.getField(types.length);
        if (time == null || time.isBefore(Instant.EPOCH)) {
            rowsWithoutTime.inc();
            context.output(UNTIMELY, event(PartitionWatermarks.NO_TIME, row));
            return;
        }
        // Compared as instants: SQL has times that do not fit epoch milliseconds.
        if (time.isAfter(Instant.ofEpochMilli(clock.getAsLong() + maxAheadMillis))) {
            rowsInFuture.inc();
            long millis = time.isBefore(LATEST) ? time.toEpochMilli() : Long.MAX_VALUE;
            context.output(UNTIMELY, event(millis, row));
            return;
        }
        out.collect(event(time.toEpochMilli(), row));
    }

    private FeatureEvent event(long timeMillis, Row row) {
        @Nullable Object[] values = new @Nullable Object[types.length];
        for (int i = 0; i < types.length; i++) {
            values[i] = value(row.getField(i), types[i]);
        }
        return new FeatureEvent(timeMillis, Arrays.asList(values));
    }

    /** SQL has more number types than events; {@link SelectColumns} says which fit. */
    private static @Nullable Object value(@Nullable Object value, FieldType type) {
        if (value == null) {
            return null;
        }
        return switch (type) {
            case STRING, BOOLEAN -> value;
            case INT64 -> (Object) ((Number) value).longValue();
            case DOUBLE -> (Object) ((Number) value).doubleValue();
        };
    }
}
