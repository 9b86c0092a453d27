package io.dhara.sessionizer.operator;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.source.RawRecord;
import io.dhara.flink.source.RawRecordDeserializer;
import io.dhara.sessionizer.event.EventFormat;
import io.dhara.sessionizer.event.EventReader;
import io.dhara.sessionizer.event.EventRules;
import io.dhara.sessionizer.event.ReadRecord;
import java.util.UUID;
import org.apache.flink.api.common.serialization.DeserializationSchema.InitializationContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the events of a record inside the source, so that each partition's watermark can follow
 * their event times. One result a record, whatever its content.
 */
public final class EventDeserializer implements KafkaRecordDeserializationSchema<ReadRecord> {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(EventDeserializer.class);

    private final EventFormat format;
    private final EventRules rules;

    private transient EventReader reader;

    @SuppressWarnings("NullAway.Init") // open sets the rest
    public EventDeserializer(EventFormat format, EventRules rules) {
        this.format = requireNonNull(format, "format is null");
        this.rules = requireNonNull(rules, "rules is null");
    }

    @Override
    public void open(InitializationContext context) {
        reader = new EventReader(format, rules, System::currentTimeMillis);
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<ReadRecord> out) {
        out.collect(read(RawRecordDeserializer.toRawRecord(record)));
    }

    /** A record must never stop the stream: a defect of ours costs that record only. */
    private ReadRecord read(RawRecord record) {
        try {
            return reader.read(record);
        } catch (RuntimeException e) {
            String id = UUID.randomUUID().toString();
            LOG.error("record {} could not be read, defect {}", record.position(), id, e);
            return EventReader.failed(record, "defect " + id + "; see the job's log");
        }
    }

    @Override
    public TypeInformation<ReadRecord> getProducedType() {
        return ReadRecord.TYPE;
    }
}
