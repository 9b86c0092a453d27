package io.dhara.realtime;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.dhara.flink.config.KafkaSettings;
import io.dhara.realtime.domain.definition.GroupPlan;
import io.dhara.realtime.domain.event.FeatureEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Events that count nowhere as JSON records of a topic, at-least-once: {@code {"group":
 * "restaurant/kitchen_orders", "reason": "late", "event_time": 1767225600000, "event":
 * {"restaurant_id": "r1", ...}}}. The record's timestamp is the event time.
 */
final class LateEvents implements KafkaRecordSerializationSchema<FeatureEvent> {
    private static final long serialVersionUID = 1L;
    private static final JsonFactory JSON = new JsonFactory();

    private final String topic;
    private final String group;
    private final List<Integer> key;
    private final List<String> columns;

    LateEvents(String topic, GroupPlan group) {
        this.topic = requireNonNull(topic, "topic is null");
        this.group = group.name();
        this.key = group.key();
        this.columns = List.copyOf(group.columns().keySet());
    }

    static KafkaSink<FeatureEvent> sink(KafkaSettings kafka, String topic, GroupPlan group) {
        return KafkaSink.<FeatureEvent>builder()
                .setKafkaProducerConfig(kafka.producer())
                .setBootstrapServers(kafka.bootstrapServers())
                .setProperty(ProducerConfig.ACKS_CONFIG, "all")
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setRecordSerializer(new LateEvents(topic, group))
                .build();
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            FeatureEvent event, KafkaSinkContext context, @Nullable Long timestamp) {
        return new ProducerRecord<>(topic, null, event.eventTimeMillis(), null, json(event));
    }

    private boolean hasKey(FeatureEvent event) {
        for (int place : key) {
            Object part = event.value(place);
            if (part == null || part.toString().isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private byte[] json(FeatureEvent event) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("group", group);
            json.writeStringField("reason", hasKey(event) ? "late" : "no key");
            json.writeNumberField("event_time", event.eventTimeMillis());
            json.writeObjectFieldStart("event");
            for (int i = 0; i < columns.size(); i++) {
                json.writeFieldName(columns.get(i));
                json.writeObject(event.value(i));
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("an event of " + group + " cannot be written", e);
        }
        return bytes.toByteArray();
    }
}
