package io.dhara.realtime.source;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.config.KafkaSettings;
import io.dhara.realtime.domain.definition.FeaturePlan;
import io.dhara.realtime.domain.definition.SourceSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/**
 * Makes the sources of a definition.
 *
 * @param kafka how to reach it; its consumer group is the job's own
 * @param start where to begin without state
 * @param maxRecordBytes longest value that is read
 * @param schemas content of schema files by source, as {@link SchemaFiles#read} gives them
 */
public record EventSources(
        KafkaSettings kafka,
        StartingOffsets start,
        int maxRecordBytes,
        Map<String, byte[]> schemas) {

    public EventSources {
        requireNonNull(kafka, "kafka is null");
        requireNonNull(start, "start is null");
        schemas = Map.copyOf(schemas);
    }

    /** By their names, in the order of the definition. */
    public Map<String, Source<ReadEvent, ?, ?>> of(FeaturePlan plan) {
        Map<String, Source<ReadEvent, ?, ?>> sources = new LinkedHashMap<>();
        for (SourceSpec source : plan.sources()) {
            sources.put(source.name(), topic(source));
        }
        return sources;
    }

    private KafkaSource<ReadEvent> topic(SourceSpec source) {
        Properties consumer = kafka.consumer();
        // What a producer's aborted transaction left in the topic was never sent.
        consumer.putIfAbsent(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        return KafkaSource.<ReadEvent>builder()
                .setProperties(consumer)
                .setBootstrapServers(kafka.bootstrapServers())
                .setGroupId(kafka.groupId())
                // Sources share the group, but not the names of their clients' metrics.
                .setClientIdPrefix(kafka.groupId() + "-" + source.name())
                .setTopics(source.topic())
                .setStartingOffsets(offsets())
                .setDeserializer(
                        new EventDeserializer(
                                source,
                                schemas.getOrDefault(source.name(), new byte[0]),
                                maxRecordBytes))
                .build();
    }

    @SuppressWarnings("deprecation") // the connector's API still takes Kafka's old enum
    private OffsetsInitializer offsets() {
        return switch (start) {
            case COMMITTED -> OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST);
            case EARLIEST -> OffsetsInitializer.earliest();
            case LATEST -> OffsetsInitializer.latest();
        };
    }
}
