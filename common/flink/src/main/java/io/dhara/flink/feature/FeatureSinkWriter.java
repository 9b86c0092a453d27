package io.dhara.flink.feature;

import java.io.IOException;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Hands rows to Kafka; {@link #flush} waits until it has acknowledged them. */
final class FeatureSinkWriter implements SinkWriter<FeatureRow> {
    private final RowRecords records;
    private final FeatureTarget.Shapes shapes;
    private final SinkWriter<ProducerRecord<byte[], byte[]>> kafka;
    private final Counter sent;
    private final Counter rejected;

    FeatureSinkWriter(
            RowRecords records,
            FeatureTarget.Shapes shapes,
            SinkWriter<ProducerRecord<byte[], byte[]>> kafka,
            MetricGroup metrics) {
        this.records = records;
        this.shapes = shapes;
        this.kafka = kafka;
        this.sent = metrics.counter("rowsSent");
        this.rejected = metrics.counter("rowsRejected");
    }

    @Override
    public void write(FeatureRow row, Context context) throws IOException, InterruptedException {
        GroupShape shape = shapes.current();
        ProducerRecord<byte[], byte[]> record;
        Counter counter = sent;
        try {
            record = records.message(shape, row);
        } catch (FeatureRefusedException e) {
            record = records.deadLetter(shape, row, e);
            counter = rejected;
        }
        kafka.write(record, context);
        counter.inc();
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
        kafka.flush(endOfInput);
    }

    @Override
    public void close() throws Exception {
        try (FeatureTarget.Shapes closing = shapes) {
            kafka.close();
        }
    }
}
