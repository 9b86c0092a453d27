package io.dhara.realtime.source;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.config.KafkaSettings;
import io.dhara.realtime.domain.definition.FeaturePlan;
import io.dhara.realtime.domain.definition.SourceSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.base.source.hybrid.HybridSource;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.file.src.enumerate.NonSplittingRecursiveEnumerator;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.fs.Path;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/**
 * Makes the sources of a definition.
 *
 * @param kafka how to reach it; its consumer group is the job's own
 * @param start where to begin without state
 * @param maxRecordBytes longest value that is read
 * @param files events from before the topic, by source; sources without are not among them
 * @param schemas content of schema files by source, as {@link SchemaFiles#read} gives them
 */
public record EventSources(
        KafkaSettings kafka,
        StartingOffsets start,
        int maxRecordBytes,
        Map<String, FileEvents> files,
        Map<String, byte[]> schemas) {

    public EventSources {
        requireNonNull(kafka, "kafka is null");
        requireNonNull(start, "start is null");
        files = Map.copyOf(files);
        schemas = Map.copyOf(schemas);
    }

    /**
     * By their names, in the order of the definition.
     *
     * @throws InvalidSourceException if events of a source cannot come from files
     */
    public Map<String, Source<ReadEvent, ?, ?>> of(FeaturePlan plan) throws InvalidSourceException {
        Map<String, Source<ReadEvent, ?, ?>> sources = new LinkedHashMap<>();
        for (SourceSpec source : plan.sources()) {
            FileEvents before = files.get(source.name());
            sources.put(
                    source.name(),
                    before == null
                            ? topic(source, offsets(), Long.MIN_VALUE)
                            : filesThenTopic(source, before));
        }
        return sources;
    }

    /**
     * Records are in the topic no earlier than {@code max-ahead} before their event time, so that
     * those behind the seam are all found from there on.
     */
    private HybridSource<ReadEvent> filesThenTopic(SourceSpec source, FileEvents before)
            throws InvalidSourceException {
        if (source.eventTime().isEmpty()) {
            throw new InvalidSourceException(
                    List.of(
                            "source "
                                    + source.name()
                                    + ": lines of files have no Kafka timestamp: name the field of"
                                    + " the event time under event-time"));
        }
        long seamMillis = before.until().toEpochMilli();
        if (seamMillis > System.currentTimeMillis()) {
            throw new InvalidSourceException(
                    List.of(
                            "source "
                                    + source.name()
                                    + ": the seam between files and topic must not be in the"
                                    + " future, or events of now would be left out: got "
                                    + before.until()
                                    + " (features.files-until)"));
        }
        FileSource<ReadEvent> lines =
                FileSource.forBulkFileFormat(
                                new LineFormat(source, seamMillis, maxRecordBytes),
                                before.paths().stream().map(Path::new).toArray(Path[]::new))
                        .setFileEnumerator(NonSplittingRecursiveEnumerator::new)
                        .setSplitAssigner(FilesInOrder::new)
                        .build();
        return HybridSource.builder(lines)
                .addSource(
                        topic(
                                source,
                                OffsetsInitializer.timestamp(
                                        Math.max(0, seamMillis - source.maxAhead().toMillis())),
                                seamMillis))
                .build();
    }

    private KafkaSource<ReadEvent> topic(
            SourceSpec source, OffsetsInitializer start, long fromMillis) {
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
                .setStartingOffsets(start)
                .setDeserializer(
                        new EventDeserializer(
                                source,
                                schemas.getOrDefault(source.name(), new byte[0]),
                                maxRecordBytes,
                                fromMillis))
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
