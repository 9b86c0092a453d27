package io.dhara.ingest.invalidation;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.sink.DeadLetters;
import io.dhara.flink.sink.RefusedWrites;
import io.dhara.flink.sink.SettledWrite;
import io.dhara.flink.sink.TopicLimit;
import io.dhara.flink.sink.WriteListener;
import io.dhara.flink.source.SourceRecordLookup;
import io.dhara.proto.v1.Invalidation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Puts an invalidation of every settled write on Kafka, and refused writes on the dead-letter topic
 * with the record they came from, and completes after Kafka acknowledged all of it. A write that is
 * settled twice is told twice, which is harmless.
 *
 * <p>Kafka is called from a thread of its own, because its producer may block when the broker is
 * away and the caller must not.
 */
final class InvalidationPublisher implements WriteListener {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration LOOKUP_TIMEOUT = Duration.ofSeconds(10);

    private final String topic;
    private final DeadLetters deadLetters;
    private final KafkaProducer<byte[], byte[]> producer;
    private final SourceRecordLookup sources;
    private final ExecutorService thread;
    private final Counter published;
    private final Counter refused;

    InvalidationPublisher(InvalidationPublisherFactory config, MetricGroup metrics) {
        this.topic = config.topic();
        this.deadLetters =
                new DeadLetters(
                        config.deadLetterTopic(),
                        TopicLimit.maxRecordBytes(
                                config.kafka(),
                                config.deadLetterTopic(),
                                config.deadLetterMaxBytes()));
        this.producer = openProducer(config);
        this.sources = new SourceRecordLookup(config.kafka().consumer(), LOOKUP_TIMEOUT);
        this.thread =
                Executors.newSingleThreadExecutor(
                        task -> {
                            Thread created = new Thread(task, "invalidation-publisher");
                            created.setDaemon(true);
                            return created;
                        });
        MetricGroup group = metrics.addGroup("dhara");
        this.published = group.counter("invalidationsPublished");
        this.refused = group.counter("deadLettersOfRefused");
    }

    private static KafkaProducer<byte[], byte[]> openProducer(InvalidationPublisherFactory config) {
        Properties properties = config.kafka().producer();
        properties.setProperty(ProducerConfig.ACKS_CONFIG, "all");
        properties.setProperty(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        properties.setProperty(
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                Integer.toString(config.deadLetterMaxBytes()));
        return new KafkaProducer<>(
                properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public CompletionStage<Void> settled(List<SettledWrite> writes) {
        requireNonNull(writes, "writes is null");
        return CompletableFuture.supplyAsync(() -> publish(writes), thread)
                .thenCompose(acknowledged -> acknowledged);
    }

    /** Dead letters come first: a refused write is told when it is kept. */
    private CompletableFuture<Void> publish(List<SettledWrite> writes) {
        List<CompletableFuture<?>> letters = new ArrayList<>();
        for (SettledWrite write : writes) {
            if (write.outcome() == SettledWrite.Outcome.REFUSED) {
                letters.add(deadLetter(write));
            }
        }
        return allOf(letters).thenComposeAsync(kept -> tell(writes), thread);
    }

    private CompletableFuture<Void> tell(List<SettledWrite> writes) {
        List<CompletableFuture<?>> told = new ArrayList<>();
        for (Invalidation invalidation : Invalidations.of(writes)) {
            told.add(send(toRecord(invalidation)));
            published.inc();
        }
        return allOf(told);
    }

    private CompletableFuture<Void> deadLetter(SettledWrite write) {
        return sources.find(write.pending().source())
                .thenComposeAsync(
                        source ->
                                send(deadLetters.toRecord(RefusedWrites.toRejected(write, source))),
                        thread)
                .thenRun(refused::inc)
                .toCompletableFuture();
    }

    private ProducerRecord<byte[], byte[]> toRecord(Invalidation invalidation) {
        return new ProducerRecord<>(
                topic, Invalidations.recordKey(invalidation), invalidation.toByteArray());
    }

    /** On the publisher's thread: it may block. */
    private CompletableFuture<Void> send(ProducerRecord<byte[], byte[]> record) {
        CompletableFuture<Void> acknowledged = new CompletableFuture<>();
        producer.send(
                record,
                (metadata, failure) -> {
                    if (failure == null) {
                        acknowledged.complete(null);
                    } else {
                        acknowledged.completeExceptionally(failure);
                    }
                });
        return acknowledged;
    }

    private static CompletableFuture<Void> allOf(List<CompletableFuture<?>> all) {
        return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
    }

    @Override
    public void close() {
        thread.shutdownNow();
        sources.close();
        producer.close(CLOSE_TIMEOUT);
    }
}
