package io.dhara.realtime;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.dhara.flink.config.KafkaSettings;
import io.dhara.flink.sink.TopicLimit;
import io.dhara.flink.source.PartitionWatermarks;
import io.dhara.realtime.domain.definition.GroupPlan;
import io.dhara.realtime.domain.event.FeatureEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Events that count nowhere as JSON records of a topic, at-least-once: {@code {"group":
 * "restaurant/kitchen_orders", "reason": "late", "event_time": 1767225600000, "event":
 * {"restaurant_id": "r1", ...}}}. {@code event_time} is null if there is none.
 *
 * <p>The record's timestamp is the time of writing: with an old event time it would fall to the
 * topic's retention at once, and a broker refuses one far in the future. An event longer than the
 * topic takes has its texts cut and says {@code "cut": true}.
 */
final class LateEvents implements KafkaRecordSerializationSchema<FeatureEvent> {
    private static final long serialVersionUID = 1L;
    private static final JsonFactory JSON = new JsonFactory();
    private static final int CUT_CHARS = 100;

    /** Kafka's own bytes of a record, at most. */
    private static final int OVERHEAD_BYTES = 128;

    /** Why an event counts nowhere. */
    enum Reason {
        LATE("late"),
        NO_KEY("no key"),
        NO_TIME("no time"),
        IN_FUTURE("in the future");

        private final String text;

        Reason(String text) {
            this.text = text;
        }
    }

    /** Tells why an event counts nowhere. */
    interface Why extends Serializable {
        Reason of(FeatureEvent event);
    }

    /** Of rows that a select gave a time that cannot be. */
    static Reason untimely(FeatureEvent event) {
        return event.eventTimeMillis() == PartitionWatermarks.NO_TIME
                ? Reason.NO_TIME
                : Reason.IN_FUTURE;
    }

    private final KafkaSettings kafka;
    private final String topic;
    private final int maxRecordBytes;
    private final String group;
    private final List<String> columns;
    private final Why why;
    private transient int limitBytes;

    LateEvents(KafkaSettings kafka, String topic, int maxRecordBytes, GroupPlan group, Why why) {
        this.kafka = requireNonNull(kafka, "kafka is null");
        this.topic = requireNonNull(topic, "topic is null");
        this.maxRecordBytes = maxRecordBytes;
        this.group = group.name();
        this.columns = List.copyOf(group.columns().keySet());
        this.why = requireNonNull(why, "why is null");
    }

    /** Their sink. */
    KafkaSink<FeatureEvent> sink() {
        return KafkaSink.<FeatureEvent>builder()
                .setKafkaProducerConfig(kafka.producer())
                .setBootstrapServers(kafka.bootstrapServers())
                .setProperty(ProducerConfig.ACKS_CONFIG, "all")
                .setProperty(
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(maxRecordBytes))
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setRecordSerializer(this)
                .build();
    }

    @Override
    public void open(
            SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
        limitBytes = TopicLimit.maxRecordBytes(kafka, topic, maxRecordBytes) - OVERHEAD_BYTES;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            FeatureEvent event, KafkaSinkContext context, @Nullable Long timestamp) {
        return new ProducerRecord<>(topic, json(event, limitBytes));
    }

    /** The event, its texts cut if it is longer than allowed. */
    byte[] json(FeatureEvent event, int maxBytes) {
        byte[] whole = json(event, false);
        return whole.length <= maxBytes ? whole : json(event, true);
    }

    private byte[] json(FeatureEvent event, boolean cut) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("group", group);
            json.writeStringField("reason", why.of(event).text);
            json.writeFieldName("event_time");
            if (event.eventTimeMillis() == PartitionWatermarks.NO_TIME) {
                json.writeNull();
            } else {
                json.writeNumber(event.eventTimeMillis());
            }
            if (cut) {
                json.writeBooleanField("cut", true);
            }
            json.writeObjectFieldStart("event");
            for (int i = 0; i < columns.size(); i++) {
                json.writeFieldName(columns.get(i));
                json.writeObject(written(event.value(i), cut));
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("an event of " + group + " cannot be written", e);
        }
        return bytes.toByteArray();
    }

    /** Half a character, as a JSON escape or the cut may leave, becomes a question mark. */
    private static @Nullable Object written(@Nullable Object value, boolean cut) {
        if (!(value instanceof String text)) {
            return value;
        }
        String some = cut && text.length() > CUT_CHARS ? text.substring(0, CUT_CHARS) : text;
        return new String(some.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
