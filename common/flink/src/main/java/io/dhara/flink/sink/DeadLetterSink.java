package io.dhara.flink.sink;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.config.KafkaSettings;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The sink for rejected records, at-least-once: a checkpoint waits for the broker's
 * acknowledgement. After a restart a dead letter may be there twice, with the same {@link
 * DeadLetters#SOURCE}.
 */
public final class DeadLetterSink {
    private DeadLetterSink() {}

    /**
     * @param maxRecordBytes longest record; a topic that takes less is asked for its limit when the
     *     sink starts
     */
    public static KafkaSink<RejectedRecord> of(
            KafkaSettings kafka, String topic, int maxRecordBytes) {
        return KafkaSink.<RejectedRecord>builder()
                .setKafkaProducerConfig(kafka.producer())
                .setBootstrapServers(kafka.bootstrapServers())
                .setProperty(ProducerConfig.ACKS_CONFIG, "all")
                .setProperty(
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(maxRecordBytes))
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setRecordSerializer(new Serializer(kafka, topic, maxRecordBytes))
                .build();
    }

    private static final class Serializer
            implements KafkaRecordSerializationSchema<RejectedRecord> {
        private static final long serialVersionUID = 1L;

        private final KafkaSettings kafka;
        private final String topic;
        private final int maxRecordBytes;
        private transient DeadLetters letters;

        @SuppressWarnings("NullAway.Init") // open sets the rest
        Serializer(KafkaSettings kafka, String topic, int maxRecordBytes) {
            this.kafka = kafka;
            this.topic = requireNonNull(topic, "topic is null");
            this.maxRecordBytes = maxRecordBytes;
        }

        @Override
        public void open(
                SerializationSchema.InitializationContext context, KafkaSinkContext sinkContext) {
            letters =
                    new DeadLetters(topic, TopicLimit.maxRecordBytes(kafka, topic, maxRecordBytes));
        }

        @Override
        public ProducerRecord<byte[], byte[]> serialize(
                RejectedRecord rejected, KafkaSinkContext context, Long timestamp) {
            return letters.toRecord(rejected);
        }
    }
}
