package io.dhara.flink.table;

import io.dhara.flink.feature.FeatureSink;
import java.io.IOException;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.table.data.RowData;

/** A {@link FeatureSink} for rows of Flink SQL. */
final class RowDataSink implements Sink<RowData> {
    private static final long serialVersionUID = 1L;

    private final FeatureSink sink;
    private final RowReader reader;

    RowDataSink(FeatureSink sink, RowReader reader) {
        this.sink = sink;
        this.reader = reader;
    }

    @Override
    public SinkWriter<RowData> createWriter(WriterInitContext context) throws IOException {
        return new RetractingWriter(
                sink.createWriter(context), reader, context.getProcessingTimeService());
    }
}
