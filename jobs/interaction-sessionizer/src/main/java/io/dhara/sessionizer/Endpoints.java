package io.dhara.sessionizer;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.sink.DeadLetterSink;
import io.dhara.flink.sink.RejectedRecord;
import io.dhara.sessionizer.event.ReadRecord;
import io.dhara.sessionizer.operator.EventDeserializer;
import io.dhara.sessionizer.tier.StoreTiers;
import io.dhara.sessionizer.tier.TierFactory;
import java.util.LinkedHashMap;
import java.util.Map;
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
 * @param sources by name, at least one
 * @param tiers the tiers and the session topic, for each subtask of the sessionize operator
 * @param rejected records of which at least one event was rejected
 */
public record Endpoints(
        Map<String, Source<ReadRecord, ?, ?>> sources,
        TierFactory tiers,
        Sink<RejectedRecord> rejected) {

    public Endpoints {
        requireNonNull(tiers, "tiers is null");
        requireNonNull(rejected, "rejected is null");
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("sources must not be empty");
        }
    }

    /** Kafka as the config has it. */
    public static Endpoints of(InteractionSessionizerConfig config) {
        Map<String, Source<ReadRecord, ?, ?>> sources = new LinkedHashMap<>();
        for (EventSource source : config.sources()) {
            sources.put(source.name(), events(config, source));
        }
        return new Endpoints(
                sources,
                tiers(config),
                DeadLetterSink.of(
                        config.kafka(),
                        config.topics().deadLetters(),
                        config.topics().deadLetterMaxBytes()));
    }

    private static TierFactory tiers(InteractionSessionizerConfig config) {
        return new StoreTiers(
                config.kafka(),
                config.topics().sessions(),
                config.topics().deadLetters(),
                config.topics().deadLetterMaxBytes(),
                config.rules().types(),
                config.stores(),
                config.hot(),
                config.cold());
    }

    /** One source's events from Kafka. */
    static KafkaSource<ReadRecord> events(InteractionSessionizerConfig config, EventSource source) {
        Properties consumer = config.kafka().consumer();
        // What a producer's aborted transaction left in the topic was never sent.
        consumer.putIfAbsent(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        return KafkaSource.<ReadRecord>builder()
                .setProperties(consumer)
                .setBootstrapServers(config.kafka().bootstrapServers())
                .setGroupId(config.kafka().groupId())
                // Sources share the group, but not the names of their clients' metrics.
                .setClientIdPrefix(config.kafka().groupId() + "-" + source.name())
                .setTopics(source.topic())
                .setStartingOffsets(start(config.topics().startingOffsets()))
                .setDeserializer(new EventDeserializer(source.format(), config.rules()))
                .build();
    }

    @SuppressWarnings("deprecation") // the connector's API still takes Kafka's old enum
    private static OffsetsInitializer start(InteractionSessionizerConfig.StartingOffsets offsets) {
        return switch (offsets) {
            case COMMITTED -> OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST);
            case EARLIEST -> OffsetsInitializer.earliest();
            case LATEST -> OffsetsInitializer.latest();
        };
    }
}
