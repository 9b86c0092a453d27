package io.dhara.flink.sink;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.config.KafkaSettings;
import java.io.IOException;
import java.io.ObjectInputStream;
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
     * @param maxRecordBytes see {@link DeadLetters#DeadLetters}
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
                .setRecordSerializer(new Serializer(topic, maxRecordBytes))
                .build();
    }

    private static final class Serializer
            implements KafkaRecordSerializationSchema<RejectedRecord> {
        private static final long serialVersionUID = 1L;

        private final String topic;
        private final int maxRecordBytes;
        private transient DeadLetters letters;

        Serializer(String topic, int maxRecordBytes) {
            this.topic = requireNonNull(topic, "topic is null");
            this.maxRecordBytes = maxRecordBytes;
            this.letters = new DeadLetters(topic, maxRecordBytes);
        }

        @Override
        public ProducerRecord<byte[], byte[]> serialize(
                RejectedRecord rejected, KafkaSinkContext context, Long timestamp) {
            return letters.toRecord(rejected);
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            letters = new DeadLetters(topic, maxRecordBytes);
        }
    }
}
