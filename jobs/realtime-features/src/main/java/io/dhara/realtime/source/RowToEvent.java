package io.dhara.realtime.source;

import io.dhara.realtime.domain.event.FeatureEvent;
import io.dhara.realtime.domain.event.FieldType;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.metrics.Counter;
import org.apache.flink.types.Row;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Makes the row of a select an event: its columns in the declared order, then {@code event_time}. A
 * row whose time is null is no event and only counted, as {@code dhara.rowsWithoutTime}.
 */
final class RowToEvent extends RichFlatMapFunction<Row, FeatureEvent> {
    private static final long serialVersionUID = 1L;

    private final FieldType[] types;

    private transient Counter rowsWithoutTime;

    @SuppressWarnings("NullAway.Init") // open sets the counter
    RowToEvent(List<FieldType> types) {
        this.types = types.toArray(FieldType[]::new);
    }

    @Override
    public void open(OpenContext context) {
        rowsWithoutTime =
                getRuntimeContext().getMetricGroup().addGroup("dhara").counter("rowsWithoutTime");
    }

    @Override
    public void flatMap(Row row, Collector<FeatureEvent> out) {
        Instant time = (Instant) row.getField(types.length);
        if (time == null) {
            rowsWithoutTime.inc();
            return;
        }
        @Nullable Object[] values = new @Nullable Object[types.length];
        for (int i = 0; i < types.length; i++) {
            values[i] = value(row.getField(i), types[i]);
        }
        out.collect(new FeatureEvent(time.toEpochMilli(), Arrays.asList(values)));
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
