package io.dhara.realtime.source;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.source.RawRecordDeserializer;
import io.dhara.realtime.domain.definition.SourceSpec;
import java.io.IOException;
import org.apache.flink.api.common.serialization.DeserializationSchema.InitializationContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads the event of a record inside the source, so that each partition's watermark can follow the
 * event times. One result a record, whatever its content.
 */
final class EventDeserializer implements KafkaRecordDeserializationSchema<ReadEvent> {
    private static final long serialVersionUID = 1L;

    private final SourceSpec source;
    private final byte[] schema;
    private final int maxRecordBytes;

    private transient EventReader reader;

    @SuppressWarnings("NullAway.Init") // open sets the reader
    EventDeserializer(SourceSpec source, byte[] schema, int maxRecordBytes) {
        this.source = requireNonNull(source, "source is null");
        this.schema = schema.clone();
        this.maxRecordBytes = maxRecordBytes;
    }

    @Override
    public void open(InitializationContext context) throws IOException {
        try {
            reader = new EventReader(source, schema, maxRecordBytes, System::currentTimeMillis);
        } catch (InvalidSourceException e) {
            throw new IOException("source " + source.name() + " cannot be read", e);
        }
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<ReadEvent> out) {
        out.collect(reader.read(RawRecordDeserializer.toRawRecord(record)));
    }

    @Override
    public TypeInformation<ReadEvent> getProducedType() {
        return ReadEvent.TYPE;
    }
}
