package io.dhara.sessionizer.tier;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.config.KafkaSettings;
import io.dhara.flink.sink.DeadLetters;
import io.dhara.flink.sink.RejectedRecord;
import io.dhara.flink.sink.Rejection;
import io.dhara.flink.source.RawRecord;
import io.dhara.proto.v1.SessionRecord;
import io.dhara.stores.write.interaction.CorruptBlock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Puts closed sessions on Kafka, keyed by user, and blocks that cannot be decoded on the
 * dead-letter topic. A stage completes when Kafka has acknowledged.
 *
 * <p>Kafka is called from a thread of its own, because its producer may block when the broker is
 * away and the task must not.
 */
public final class KafkaSessionPublisher implements SessionPublisher {
    /** Why a block is a dead letter. */
    public static final String CORRUPT_BLOCK = "corrupt-block";

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final String topic;
    private final DeadLetters deadLetters;
    private final KafkaProducer<byte[], byte[]> producer;
    private final ExecutorService thread;

    /**
     * @param topic of closed sessions
     * @param deadLetterTopic of blocks
     * @param deadLetterMaxBytes longest record that topic takes
     */
    public KafkaSessionPublisher(
            KafkaSettings kafka, String topic, String deadLetterTopic, int deadLetterMaxBytes) {
        this.topic = requireNonNull(topic, "topic is null");
        this.deadLetters = new DeadLetters(deadLetterTopic, deadLetterMaxBytes);
        Properties properties = kafka.producer();
        properties.setProperty(ProducerConfig.ACKS_CONFIG, "all");
        properties.setProperty(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        properties.setProperty(
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                Integer.toString(Math.max(deadLetterMaxBytes, SessionRecords.MAX_BYTES * 2)));
        this.producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer());
        this.thread =
                Executors.newSingleThreadExecutor(
                        task -> {
                            Thread created = new Thread(task, "session-publisher");
                            created.setDaemon(true);
                            return created;
                        });
    }

    @Override
    public CompletionStage<Void> publish(List<SessionRecord> parts) {
        return send(
                parts.stream()
                        .map(
                                part ->
                                        new ProducerRecord<>(
                                                topic,
                                                part.getUserId().getBytes(StandardCharsets.UTF_8),
                                                part.toByteArray()))
                        .toList());
    }

    /** A block has no record that it came from: its cell is in the reason, the user is the key. */
    @Override
    public CompletionStage<Void> putAside(String userId, List<CorruptBlock> blocks) {
        List<ProducerRecord<byte[], byte[]>> letters = new ArrayList<>();
        for (CorruptBlock block : blocks) {
            Rejection why =
                    new Rejection(Rejection.WHOLE_MESSAGE, "", CORRUPT_BLOCK, block.toString());
            RawRecord record =
                    new RawRecord(
                            block.table() + "." + block.column(),
                            0,
                            0,
                            0,
                            userId.getBytes(StandardCharsets.UTF_8),
                            block.bytes(),
                            List.of());
            ProducerRecord<byte[], byte[]> letter =
                    deadLetters.toRecord(new RejectedRecord(record, 0, 1, List.of(why)));
            if (letter.value() == null) {
                return CompletableFuture.failedFuture(
                        new IllegalArgumentException(
                                "a block is larger than the dead-letter topic takes, raise "
                                        + "interactions.dead-letter-max-bytes: "
                                        + block));
            }
            letters.add(letter);
        }
        return send(letters);
    }

    private CompletionStage<Void> send(List<ProducerRecord<byte[], byte[]>> records) {
        try {
            return CompletableFuture.supplyAsync(() -> sendAll(records), thread)
                    .thenCompose(acknowledged -> acknowledged);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Void> sendAll(List<ProducerRecord<byte[], byte[]>> records) {
        List<CompletableFuture<Void>> all = new ArrayList<>(records.size());
        for (ProducerRecord<byte[], byte[]> record : records) {
            CompletableFuture<Void> acknowledged = new CompletableFuture<>();
            all.add(acknowledged);
            producer.send(
                    record,
                    (metadata, failure) -> {
                        if (failure == null) {
                            acknowledged.complete(null);
                        } else {
                            acknowledged.completeExceptionally(failure);
                        }
                    });
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
    }

    @Override
    public void close() {
        thread.shutdownNow();
        producer.close(CLOSE_TIMEOUT);
    }
}
