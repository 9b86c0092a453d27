package io.dhara.localstack.demo;

import io.dhara.core.model.FeatureRecords;
import io.dhara.proto.persist.Query;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Puts feature messages on Kafka, messages of one key in one partition and so in order. The event
 * time is the record's timestamp. For one thread.
 */
final class FeatureProducer implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final FeatureQueries queries;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    FeatureProducer(String bootstrapServers, String topic, FeatureQueries queries) {
        this.topic = topic;
        this.queries = queries;
        this.producer =
                new KafkaProducer<>(
                        Map.of(
                                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrapServers,
                                ProducerConfig.ACKS_CONFIG,
                                "all",
                                ProducerConfig.LINGER_MS_CONFIG,
                                "2",
                                ProducerConfig.BATCH_SIZE_CONFIG,
                                String.valueOf(64 << 10)),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    /**
     * Hands a message to Kafka; {@link #flush} says whether all arrived.
     *
     * @throws IllegalArgumentException when the schemas do not know what it names; nothing is sent
     */
    Future<RecordMetadata> send(FeatureMessage message) {
        Query query = queries.query(message);
        List<Header> headers =
                message.schemaVersion() == 0
                        ? List.of()
                        : List.of(
                                header(
                                        FeatureRecords.SCHEMA_VERSION_HEADER,
                                        String.valueOf(message.schemaVersion())));
        return send(key(message), query.toByteArray(), message.eventTimeMs(), headers);
    }

    /** Hands bytes to Kafka as they are. */
    Future<RecordMetadata> send(byte[] key, byte[] value, long timestampMs, List<Header> headers) {
        return producer.send(
                new ProducerRecord<>(topic, null, timestampMs, key, value, headers),
                (metadata, thrown) -> {
                    if (thrown != null) {
                        failure.compareAndSet(null, thrown);
                    }
                });
    }

    static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] key(FeatureMessage message) {
        return FeatureRecords.key(message.entity(), message.keyValues());
    }

    /** Waits until Kafka has acknowledged everything. */
    void flush() throws ExecutionException {
        producer.flush();
        Exception thrown = failure.get();
        if (thrown != null) {
            throw new ExecutionException("Kafka did not take every message", thrown);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
