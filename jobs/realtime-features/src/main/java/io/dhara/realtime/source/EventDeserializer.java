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
 * event times. One result a record, whatever its content, but for events that came from files
 * before.
 */
final class EventDeserializer implements KafkaRecordDeserializationSchema<ReadEvent> {
    private static final long serialVersionUID = 1L;

    private final SourceSpec source;
    private final byte[] schema;
    private final int maxRecordBytes;
    private final long fromMillis;

    private transient EventReader reader;

    /**
     * @param fromMillis events before this event time are left out: they came from files
     */
    @SuppressWarnings("NullAway.Init") // open sets the reader
    EventDeserializer(SourceSpec source, byte[] schema, int maxRecordBytes, long fromMillis) {
        this.source = requireNonNull(source, "source is null");
        this.schema = schema.clone();
        this.maxRecordBytes = maxRecordBytes;
        this.fromMillis = fromMillis;
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
        ReadEvent read = reader.read(RawRecordDeserializer.toRawRecord(record));
        if (read.event() == null || read.eventTimeMillis() >= fromMillis) {
            out.collect(read);
        }
    }

    @Override
    public TypeInformation<ReadEvent> getProducedType() {
        return ReadEvent.TYPE;
    }
}
