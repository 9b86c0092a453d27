package io.dhara.ingest;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.sink.DeadLetterSink;
import io.dhara.flink.sink.PendingWrite;
import io.dhara.flink.sink.RedisSink;
import io.dhara.flink.sink.RejectedRecord;
import io.dhara.flink.sink.ScyllaSink;
import io.dhara.flink.source.RawRecord;
import io.dhara.flink.source.RawRecordDeserializer;
import io.dhara.ingest.invalidation.InvalidationPublisherFactory;
import io.dhara.ingest.invalidation.NoticeSink;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/**
 * What the pipeline reads and writes.
 *
 * @param messages feature messages
 * @param scylla writes to stores of kind SCYLLA
 * @param redis writes to stores of kind REDIS
 * @param rejected messages of which at least one row was rejected
 * @param notices serialized invalidations for senders of units that never reach a store
 */
public record Endpoints(
        Source<RawRecord, ?, ?> messages,
        Sink<PendingWrite> scylla,
        Sink<PendingWrite> redis,
        Sink<RejectedRecord> rejected,
        Sink<byte[]> notices) {

    public Endpoints {
        requireNonNull(messages, "messages is null");
        requireNonNull(scylla, "scylla is null");
        requireNonNull(redis, "redis is null");
        requireNonNull(rejected, "rejected is null");
        requireNonNull(notices, "notices is null");
    }

    /** Kafka and the stores of the config. */
    public static Endpoints of(FeatureIngestConfig config) {
        FeatureIngestConfig.Topics topics = config.topics();
        InvalidationPublisherFactory publisher =
                new InvalidationPublisherFactory(
                        config.kafka(),
                        topics.invalidations(),
                        topics.deadLetters(),
                        topics.deadLetterMaxBytes());
        return new Endpoints(
                messages(config),
                ScyllaSink.<PendingWrite>builder(config.stores())
                        .setConverter((write, context) -> write)
                        .setRegistry(config.registry())
                        .setListener(publisher)
                        .setLimits(config.scyllaSink())
                        .build(),
                RedisSink.<PendingWrite>builder(config.stores())
                        .setConverter((write, context) -> write)
                        .setRegistry(config.registry())
                        .setListener(publisher)
                        .setLimits(config.redisSink())
                        .build(),
                DeadLetterSink.of(
                        config.kafka(), topics.deadLetters(), topics.deadLetterMaxBytes()),
                NoticeSink.of(config.kafka(), topics.invalidations()));
    }

    private static KafkaSource<RawRecord> messages(FeatureIngestConfig config) {
        Properties consumer = config.kafka().consumer();
        // What a producer's aborted transaction left in the topic was never sent.
        consumer.putIfAbsent(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        return KafkaSource.<RawRecord>builder()
                .setProperties(consumer)
                .setBootstrapServers(config.kafka().bootstrapServers())
                .setGroupId(config.kafka().groupId())
                .setTopics(config.topics().features())
                .setStartingOffsets(start(config.topics().startingOffsets()))
                .setDeserializer(new RawRecordDeserializer())
                .build();
    }

    @SuppressWarnings("deprecation") // the connector's API still takes Kafka's old enum
    private static OffsetsInitializer start(FeatureIngestConfig.StartingOffsets offsets) {
        return switch (offsets) {
            case COMMITTED -> OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST);
            case EARLIEST -> OffsetsInitializer.earliest();
            case LATEST -> OffsetsInitializer.latest();
        };
    }
}
