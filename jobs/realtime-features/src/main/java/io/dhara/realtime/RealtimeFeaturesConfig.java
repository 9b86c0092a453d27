package io.dhara.realtime;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import io.dhara.core.registry.SchemaProblem;
import io.dhara.flink.config.ConfiguredRegistry;
import io.dhara.flink.config.KafkaSettings;
import io.dhara.flink.config.RegistryFactory;
import io.dhara.flink.sink.DeadLetters;
import io.dhara.realtime.domain.definition.FeatureDefinitions;
import io.dhara.realtime.domain.definition.FeaturePlan;
import io.dhara.realtime.domain.definition.GroupPlan;
import io.dhara.realtime.domain.definition.InvalidDefinitionException;
import io.dhara.realtime.domain.definition.SourceSpec;
import io.dhara.realtime.operator.FeatureLimits;
import io.dhara.realtime.source.FileEvents;
import io.dhara.realtime.source.StartingOffsets;
import io.dhara.stores.RegistrySource;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Every setting of a realtime-features job.
 *
 * @param definition what it computes
 * @param kafka how to reach Kafka; the consumer group is by default of the definition's name
 * @param topics what is written there, and where reading starts
 * @param files by source: files whose events come before those of the topic; sources without are
 *     not among them
 * @param maxRecordBytes longest event record that is accepted
 * @param registry where the feature groups are declared
 * @param limits of the feature operators
 * @param shadowSuffix what the labels of the groups it writes get at their end; empty: nothing. A
 *     job with a suffix runs beside one without
 */
public record RealtimeFeaturesConfig(
        DefinitionFile definition,
        KafkaSettings kafka,
        Topics topics,
        Map<String, FileEvents> files,
        int maxRecordBytes,
        RegistryFactory registry,
        FeatureLimits limits,
        String shadowSuffix)
        implements Serializable {

    /** Start of the default consumer group and of the job's name on a cluster. */
    public static final String NAME = "realtime-features";

    /** Longest event record unless told otherwise. */
    public static final int DEFAULT_MAX_RECORD_BYTES = 1 << 20;

    private static final String FILES = "features.files";
    private static final String FILES_UNTIL = "features.files-until";

    /**
     * @param features feature messages
     * @param startingOffsets where a job without a checkpoint starts in each source's topic
     * @param deadLetters rejected records
     * @param deadLetterMaxBytes longest record that topic takes ({@code max.message.bytes}); by
     *     default the longest record that is accepted and room for its key, headers and reasons
     * @param late events that came too late, or without a key
     */
    public record Topics(
            String features,
            StartingOffsets startingOffsets,
            String deadLetters,
            int deadLetterMaxBytes,
            String late)
            implements Serializable {

        public static final Topics DEFAULT =
                new Topics(
                        "online-feature-store.feature_ingestion",
                        StartingOffsets.COMMITTED,
                        "dhara.realtime-features.dlq",
                        DeadLetters.maxBytes(DEFAULT_MAX_RECORD_BYTES),
                        "dhara.realtime-features.late");

        public Topics {
            requireNonNull(features, "features is null");
            requireNonNull(startingOffsets, "startingOffsets is null");
            requireNonNull(deadLetters, "deadLetters is null");
            requireNonNull(late, "late is null");
        }
    }

    public RealtimeFeaturesConfig {
        requireNonNull(definition, "definition is null");
        requireNonNull(kafka, "kafka is null");
        requireNonNull(topics, "topics is null");
        files = Map.copyOf(files);
        requireNonNull(registry, "registry is null");
        requireNonNull(limits, "limits is null");
        requireNonNull(shadowSuffix, "shadowSuffix is null");
    }

    /** The job's name on a cluster. */
    public String jobName() {
        return NAME + "-" + definition.plan().name() + shadowSuffix;
    }

    /** Label of the group in the registry that the values of a planned group go to. */
    public String groupLabel(GroupPlan group) {
        return group.group() + shadowSuffix;
    }

    /**
     * Reads everything; the caller ends with {@link Settings#finish()}, which reports what was
     * wrong, also in the definition.
     */
    public static RealtimeFeaturesConfig from(Settings settings) {
        DefinitionFile definition = definition(settings);
        Optional<FeaturePlan> plan = plan(settings, definition);
        String suffix = settings.string("features.shadow-suffix", "");
        String name = plan.map(FeaturePlan::name).orElse("unknown");
        int maxRecordBytes = settings.bytes("features.max-record-bytes", DEFAULT_MAX_RECORD_BYTES);
        return new RealtimeFeaturesConfig(
                definition,
                KafkaSettings.from(settings, "dhara-" + NAME + "-" + name + suffix),
                topics(settings, maxRecordBytes),
                files(settings, plan),
                maxRecordBytes,
                new ConfiguredRegistry(RegistrySource.from(settings)),
                limits(settings),
                suffix);
    }

    private static DefinitionFile definition(Settings settings) {
        String file = settings.string("features.definition", "");
        String text = settings.string("features.definition-text", "");
        String folder = settings.string("features.schema-folder", folderOf(file));
        if (file.isEmpty() == text.isEmpty()) {
            settings.reject(
                    "features.definition",
                    "must name a file, or features.definition-text be given: got "
                            + (file.isEmpty() ? "neither" : "both"));
            return new DefinitionFile("", "", folder);
        }
        if (file.isEmpty()) {
            return new DefinitionFile("features.definition-text", text, folder);
        }
        try {
            return new DefinitionFile(file, Files.readString(Path.of(file)), folder);
        } catch (IOException e) {
            settings.reject("features.definition", "cannot be read: " + e);
            return new DefinitionFile(file, "", folder);
        }
    }

    private static String folderOf(String file) {
        Path folder = Path.of(file).toAbsolutePath().getParent();
        return file.isEmpty() || folder == null ? "" : folder.toString();
    }

    private static Optional<FeaturePlan> plan(Settings settings, DefinitionFile definition) {
        if (definition.text().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(FeatureDefinitions.read(definition.name(), definition.text()));
        } catch (InvalidDefinitionException e) {
            String problems =
                    e.problems().stream()
                            .map(SchemaProblem::toString)
                            .collect(Collectors.joining("; "));
            settings.reject("features.definition", "is not valid: " + problems);
            return Optional.empty();
        }
    }

    private static Topics topics(Settings settings, int maxRecordBytes) {
        Topics byDefault = Topics.DEFAULT;
        return new Topics(
                settings.string("features.topic", byDefault.features),
                settings.choice("kafka.starting-offsets", byDefault.startingOffsets),
                settings.string("kafka.topics.dead-letters", byDefault.deadLetters),
                settings.bytes(
                        "features.dead-letter-max-bytes", DeadLetters.maxBytes(maxRecordBytes)),
                settings.string("kafka.topics.late", byDefault.late));
    }

    private static Map<String, FileEvents> files(Settings settings, Optional<FeaturePlan> plan) {
        Map<String, FileEvents> files = new TreeMap<>();
        Instant until = filesUntil(settings);
        for (String source : settings.children(FILES)) {
            List<String> paths = settings.list(FILES + "." + source, List.of());
            if (!paths.isEmpty()) {
                files.put(source, new FileEvents(paths, until));
            }
        }
        plan.ifPresent(
                known -> {
                    List<String> names = known.sources().stream().map(SourceSpec::name).toList();
                    files.keySet().stream()
                            .filter(source -> !names.contains(source))
                            .forEach(
                                    source ->
                                            settings.reject(
                                                    FILES + "." + source,
                                                    "is of no source of the definition: it has "
                                                            + names));
                });
        return files;
    }

    /** Needed with files: without a seam events that the topic has too would count twice. */
    private static Instant filesUntil(Settings settings) {
        if (settings.children(FILES).isEmpty()) {
            return Instant.EPOCH;
        }
        String text = settings.required(FILES_UNTIL);
        try {
            return text.isEmpty() ? Instant.EPOCH : Instant.parse(text);
        } catch (DateTimeParseException e) {
            settings.reject(
                    FILES_UNTIL, "must be an instant such as 2026-01-31T00:00:00Z: got " + text);
            return Instant.EPOCH;
        }
    }

    private static FeatureLimits limits(Settings settings) {
        FeatureLimits byDefault = FeatureLimits.DEFAULT;
        try {
            return new FeatureLimits(
                    settings.positiveDuration("features.flush-interval", byDefault.flushInterval()),
                    settings.integer(
                            "features.flush-max-events",
                            byDefault.maxEvents(),
                            1,
                            Integer.MAX_VALUE),
                    settings.size("features.flush-max-bytes", byDefault.maxBytes()),
                    settings.positiveDuration("features.clock-tick", byDefault.tick()),
                    settings.duration("features.timer-spread", byDefault.timerSpread()));
        } catch (IllegalArgumentException e) {
            settings.reject("features", "is not consistent: " + e.getMessage());
            return byDefault;
        }
    }
}
