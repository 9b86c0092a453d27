package io.dhara.realtime.source;

import io.dhara.realtime.domain.event.FeatureEvent;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.types.Row;

/** Makes an event the row of a table; the time stays with the record. */
final class EventToRow implements MapFunction<FeatureEvent, Row> {
    private static final long serialVersionUID = 1L;

    private final int[] columns;

    /**
     * @param columns of the event, in the order of the row
     */
    EventToRow(int[] columns) {
        this.columns = columns.clone();
    }

    @Override
    public Row map(FeatureEvent event) {
        Row row = new Row(columns.length);
        for (int i = 0; i < columns.length; i++) {
            row.setField(i, event.value(columns[i]));
        }
        return row;
    }
}
