package io.dhara.serving.featurelog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.dhara.serving.featurelog.LogMeters.End;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two topics of the log. A model version's schema is sent before its first record, and again
 * with the next one when Kafka has not taken it. Called by one thread.
 */
final class LogTopics implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogTopics.class);
    private static final Duration MAX_BLOCK = Duration.ofSeconds(1);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);
    private static final int LINGER_MILLIS = 20;

    private final Producer<byte[], byte[]> producer;
    private final FeatureLogSettings settings;
    private final LogMeters meters;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    LogTopics(Producer<byte[], byte[]> producer, FeatureLogSettings settings, LogMeters meters) {
        this.producer = requireNonNull(producer, "producer is null");
        this.settings = requireNonNull(settings, "settings is null");
        this.meters = requireNonNull(meters, "meters is null");
    }

    /** Does not wait for Kafka. */
    static LogTopics open(FeatureLogSettings settings, LogMeters meters) {
        Map<String, Object> config = new HashMap<>(settings.kafka());
        int delivery = (int) settings.deliveryTimeout().toMillis();
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, settings.maxMessageBytes());
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, settings.bufferBytes());
        config.put(ProducerConfig.LINGER_MS_CONFIG, LINGER_MILLIS);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, delivery);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.max(1, delivery - LINGER_MILLIS));
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK.toMillis());
        return new LogTopics(
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()),
                settings,
                meters);
    }

    /** Makes sure that the schema is in its topic, or on its way there. */
    void tell(LogSchema schema) {
        String key = schema.key();
        if (!told.add(key)) {
            return;
        }
        send(
                new ProducerRecord<>(settings.schemaTopic(), key.getBytes(UTF_8), schema.json()),
                failure -> {
                    told.remove(key);
                    LOG.warn(
                            "the schema of model {} version {} is not in {}",
                            schema.model(),
                            schema.version(),
                            settings.schemaTopic(),
                            failure);
                },
                () -> {});
    }

    /** Sends a record without a key. Blocks for a second at most, when Kafka does not answer. */
    void log(byte[] record, int rows) {
        send(
                new ProducerRecord<>(settings.topic(), record),
                failure -> {
                    LOG.debug("{} rows of the feature log are lost", rows, failure);
                    meters.ended(End.DROPPED_KAFKA, rows);
                },
                () -> meters.ended(End.DELIVERED, rows));
    }

    private interface OnFailure {
        void failed(Exception failure);
    }

    private void send(
            ProducerRecord<byte[], byte[]> record, OnFailure onFailure, Runnable delivered) {
        try {
            producer.send(
                    record,
                    (metadata, failure) -> {
                        if (failure == null) {
                            delivered.run();
                        } else {
                            onFailure.failed(failure);
                        }
                    });
        } catch (KafkaException e) {
            onFailure.failed(e);
        }
    }

    /** Sends what the producer still holds, for some seconds; the rest fails. */
    @Override
    public void close() {
        producer.close(CLOSE_WAIT);
    }
}
