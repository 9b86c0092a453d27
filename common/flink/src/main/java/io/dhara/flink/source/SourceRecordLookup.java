package io.dhara.flink.source;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Fetches single records by position, for the rare write that needs its record back. Opens its
 * consumer on first use, belongs to no consumer group and commits nothing. Thread-safe; look-ups
 * run one after another on a thread of its own.
 */
public final class SourceRecordLookup implements AutoCloseable {
    private final Map<String, Object> config;
    private final Duration timeout;
    private final ExecutorService thread;
    private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;

    /**
     * @param consumerConfig how to reach Kafka; group and offset settings in it are not used
     * @param timeout of one look-up
     */
    public SourceRecordLookup(Properties consumerConfig, Duration timeout) {
        this.config = configOf(consumerConfig);
        this.timeout = requireNonNull(timeout, "timeout is null");
        this.thread =
                Executors.newSingleThreadExecutor(
                        task -> {
                            Thread created = new Thread(task, "source-record-lookup");
                            created.setDaemon(true);
                            return created;
                        });
    }

    private static Map<String, Object> configOf(Properties given) {
        Map<String, Object> config = new HashMap<>();
        for (String key : given.stringPropertyNames()) {
            config.put(key, given.getProperty(key));
        }
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return config;
    }

    /**
     * The record at this position; empty if the topic no longer has it. Fails if Kafka does not
     * answer in time, or with {@link java.util.concurrent.RejectedExecutionException} after {@link
     * #close()}.
     */
    public CompletionStage<Optional<RawRecord>> find(SourcePosition position) {
        return CompletableFuture.supplyAsync(() -> fetch(position), thread);
    }

    private Optional<RawRecord> fetch(SourcePosition position) {
        if (position.equals(SourcePosition.NONE)) {
            return Optional.empty();
        }
        KafkaConsumer<byte[], byte[]> open = consumer();
        TopicPartition partition = new TopicPartition(position.topic(), position.partition());
        if (!partitionExists(open, partition) || position.offset() >= end(open, partition)) {
            return Optional.empty();
        }
        open.assign(List.of(partition));
        open.seek(partition, position.offset());
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        try {
            while (true) {
                Duration left = Duration.ofNanos(deadlineNanos - System.nanoTime());
                if (left.isNegative()) {
                    throw new TimeoutException("no record at " + position + " in " + timeout);
                }
                for (ConsumerRecord<byte[], byte[]> record : open.poll(left)) {
                    return record.offset() == position.offset()
                            ? Optional.of(RawRecordDeserializer.toRawRecord(record))
                            : Optional.empty();
                }
            }
        } catch (OffsetOutOfRangeException e) {
            return Optional.empty();
        } finally {
            open.unsubscribe();
        }
    }

    private boolean partitionExists(KafkaConsumer<byte[], byte[]> open, TopicPartition partition) {
        return open.partitionsFor(partition.topic(), timeout).stream()
                .anyMatch(info -> info.partition() == partition.partition());
    }

    private long end(KafkaConsumer<byte[], byte[]> open, TopicPartition partition) {
        return requireNonNull(
                open.endOffsets(List.of(partition), timeout).get(partition), "end is null");
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        KafkaConsumer<byte[], byte[]> open = consumer;
        if (open == null) {
            open =
                    new KafkaConsumer<>(
                            config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            consumer = open;
        }
        return open;
    }

    /** Breaks off what is running. May be called twice. */
    @Override
    public void close() {
        if (thread.isShutdown()) {
            return;
        }
        thread.execute(this::closeConsumer);
        thread.shutdown();
        KafkaConsumer<byte[], byte[]> open = consumer;
        if (open != null) {
            open.wakeup();
        }
    }

    private void closeConsumer() {
        KafkaConsumer<byte[], byte[]> open = consumer;
        if (open != null) {
            open.close();
        }
    }
}
