package io.dhara.ingest.invalidation;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.InvalidProtocolBufferException;
import io.dhara.flink.config.KafkaSettings;
import io.dhara.proto.v1.Invalidation;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Puts serialized invalidations for waiting senders on the invalidation topic, at-least-once: a
 * checkpoint waits for the broker's acknowledgement, and a repeat tells a sender again what it
 * knows.
 */
public final class NoticeSink {
    private NoticeSink() {}

    public static KafkaSink<byte[]> of(KafkaSettings kafka, String topic) {
        return KafkaSink.<byte[]>builder()
                .setKafkaProducerConfig(kafka.producer())
                .setBootstrapServers(kafka.bootstrapServers())
                .setProperty(ProducerConfig.ACKS_CONFIG, "all")
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setRecordSerializer(new Serializer(topic))
                .build();
    }

    private record Serializer(String topic) implements KafkaRecordSerializationSchema<byte[]> {
        Serializer {
            requireNonNull(topic, "topic is null");
        }

        @Override
        public ProducerRecord<byte[], byte[]> serialize(
                byte[] notice, KafkaSinkContext context, Long timestamp) {
            try {
                byte[] key = Invalidations.recordKey(Invalidation.parseFrom(notice));
                return new ProducerRecord<>(topic, key, notice);
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("a notice is not an Invalidation", e);
            }
        }
    }
}
