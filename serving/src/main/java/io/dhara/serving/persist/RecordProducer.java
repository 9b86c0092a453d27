package io.dhara.serving.persist;

import static java.util.Objects.requireNonNull;

import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.ServingException.Kind;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Hands records to Kafka; acknowledged means in every in-sync replica. Thread-safe. */
final class RecordProducer implements AutoCloseable {
    private static final Duration MAX_BLOCK = Duration.ofSeconds(1);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

    private final Producer<byte[], byte[]> producer;

    RecordProducer(Producer<byte[], byte[]> producer) {
        this.producer = requireNonNull(producer, "producer is null");
    }

    static RecordProducer open(PersistSettings settings) {
        Map<String, Object> config = new HashMap<>(settings.kafka());
        int delivery = (int) settings.deliveryTimeout().toMillis();
        int linger = (int) settings.linger().toMillis();
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, settings.maxMessageBytes());
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, settings.bufferBytes());
        config.put(ProducerConfig.LINGER_MS_CONFIG, linger);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, delivery);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.max(1, delivery - linger));
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK.toMillis());
        return new RecordProducer(
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    /**
     * Blocks for a second at most, when Kafka is not known yet or the buffer is full.
     *
     * @param repeat what the caller is told about doing it again if the broker does not answer
     * @return completes on the producer's thread when the broker has acknowledged, or with a {@link
     *     ServingException}
     */
    CompletableFuture<Void> send(ProducerRecord<byte[], byte[]> record, String repeat) {
        CompletableFuture<Void> acknowledged = new CompletableFuture<>();
        try {
            producer.send(
                    record,
                    (metadata, failure) -> {
                        if (failure == null) {
                            acknowledged.complete(null);
                        } else {
                            acknowledged.completeExceptionally(translated(record, repeat, failure));
                        }
                    });
        } catch (InterruptException e) {
            acknowledged.completeExceptionally(
                    new ServingException(Kind.UNAVAILABLE, "this instance is stopping", e));
        } catch (KafkaException e) {
            acknowledged.completeExceptionally(translated(record, repeat, e));
        }
        return acknowledged;
    }

    private static Exception translated(
            ProducerRecord<byte[], byte[]> record, String repeat, Exception failure) {
        if (failure instanceof RecordTooLargeException) {
            return new ServingException(
                    Kind.INVALID,
                    "the message of "
                            + record.value().length
                            + " bytes is larger than serving.persist.max-message-size or the topic"
                            + " allows: split the call",
                    failure);
        }
        if (failure instanceof RetriableException) {
            return new ServingException(
                    Kind.UNAVAILABLE,
                    "Kafka has not acknowledged the message, so it may or may not be written. "
                            + repeat,
                    failure);
        }
        return failure;
    }

    @Override
    public void close() {
        producer.close(CLOSE_WAIT);
    }
}
