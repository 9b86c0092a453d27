package io.dhara.ingest;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import io.dhara.core.model.FeatureRecords;
import io.dhara.flink.config.ConfiguredRegistry;
import io.dhara.flink.config.KafkaSettings;
import io.dhara.flink.config.RegistryFactory;
import io.dhara.flink.sink.DeadLetters;
import io.dhara.flink.sink.SinkLimits;
import io.dhara.ingest.domain.IngestRules;
import io.dhara.ingest.operator.CombineLimits;
import io.dhara.stores.RegistrySource;
import io.dhara.stores.StoreConnections;
import java.io.Serializable;
import java.util.function.Supplier;

/**
 * Every setting of the feature-ingest job.
 *
 * @param kafka how to reach Kafka
 * @param topics what is read and written there
 * @param registry where schemas come from
 * @param rules which messages are accepted
 * @param combine bounds of the combiner
 * @param stores connections by conf-id
 * @param scyllaSink bounds of the sink to Scylla
 * @param redisSink bounds of the sink to Redis
 */
public record FeatureIngestConfig(
        KafkaSettings kafka,
        Topics topics,
        RegistryFactory registry,
        IngestRules rules,
        CombineLimits combine,
        StoreConnections stores,
        SinkLimits scyllaSink,
        SinkLimits redisSink)
        implements Serializable {

    /** Default consumer group. */
    static final String GROUP_ID = "dhara-feature-ingest";

    /** Where a job without a checkpoint starts to read. */
    public enum StartingOffsets {
        /** Where its consumer group stopped; from the beginning if that is not known. */
        COMMITTED,
        EARLIEST,
        LATEST
    }

    /**
     * @param features feature messages
     * @param startingOffsets where a job without a checkpoint starts in it
     * @param deadLetters rejected messages
     * @param deadLetterMaxBytes longest record that topic takes ({@code max.message.bytes}); by
     *     default the longest message that is accepted and room for its key, headers and reasons
     * @param invalidations what was written
     */
    public record Topics(
            String features,
            StartingOffsets startingOffsets,
            String deadLetters,
            int deadLetterMaxBytes,
            String invalidations)
            implements Serializable {

        public static final Topics DEFAULT =
                new Topics(
                        FeatureRecords.TOPIC,
                        StartingOffsets.COMMITTED,
                        "dhara.feature-ingest.dlq",
                        DeadLetters.maxBytes(IngestRules.DEFAULT.maxMessageBytes()),
                        "dhara.invalidations");

        public Topics {
            requireNonNull(features, "features is null");
            requireNonNull(startingOffsets, "startingOffsets is null");
            requireNonNull(deadLetters, "deadLetters is null");
            requireNonNull(invalidations, "invalidations is null");
        }
    }

    public FeatureIngestConfig {
        requireNonNull(kafka, "kafka is null");
        requireNonNull(topics, "topics is null");
        requireNonNull(registry, "registry is null");
        requireNonNull(rules, "rules is null");
        requireNonNull(combine, "combine is null");
        requireNonNull(stores, "stores is null");
        requireNonNull(scyllaSink, "scyllaSink is null");
        requireNonNull(redisSink, "redisSink is null");
    }

    /**
     * Reads everything; the caller ends with {@link Settings#finish()}, which reports what was
     * wrong.
     */
    public static FeatureIngestConfig from(Settings settings) {
        IngestRules rules = orDefault(settings, IngestRules.DEFAULT, () -> rules(settings));
        return new FeatureIngestConfig(
                KafkaSettings.from(settings, GROUP_ID),
                topics(settings, rules),
                new ConfiguredRegistry(RegistrySource.from(settings)),
                rules,
                orDefault(settings, CombineLimits.DEFAULT, () -> combine(settings)),
                StoreConnections.from(settings),
                SinkLimits.from(settings, "ingest.scylla-sink"),
                SinkLimits.from(settings, "ingest.redis-sink"));
    }

    private static Topics topics(Settings settings, IngestRules rules) {
        Topics byDefault = Topics.DEFAULT;
        return new Topics(
                settings.string("kafka.topics.features", byDefault.features),
                settings.choice("kafka.starting-offsets", byDefault.startingOffsets),
                settings.string("kafka.topics.dead-letters", byDefault.deadLetters),
                settings.bytes(
                        "ingest.dead-letter-max-bytes",
                        DeadLetters.maxBytes(rules.maxMessageBytes())),
                settings.string("kafka.topics.invalidations", byDefault.invalidations));
    }

    private static IngestRules rules(Settings settings) {
        IngestRules byDefault = IngestRules.DEFAULT;
        return new IngestRules(
                settings.bytes("ingest.max-message-bytes", byDefault.maxMessageBytes()),
                settings.integer(
                        "ingest.max-units-per-message",
                        byDefault.maxUnitsPerMessage(),
                        1,
                        Integer.MAX_VALUE),
                settings.duration("ingest.max-future", byDefault.maxFuture()),
                settings.choice("ingest.not-a-number", byDefault.notANumber()),
                settings.choice("ingest.integer-overflow", byDefault.integerOverflow()));
    }

    private static CombineLimits combine(Settings settings) {
        CombineLimits byDefault = CombineLimits.DEFAULT;
        return new CombineLimits(
                settings.positiveDuration("ingest.flush-interval", byDefault.flushInterval()),
                settings.integer(
                        "ingest.flush-max-rows", byDefault.maxRows(), 1, Integer.MAX_VALUE),
                settings.bytes("ingest.flush-max-bytes", (int) byDefault.maxBytes()),
                settings.integer("ingest.tie-memory", byDefault.tieMemory(), 1, Integer.MAX_VALUE));
    }

    /** A value out of range has been reported by its own reader; the record then refuses it too. */
    private static <T> T orDefault(Settings settings, T byDefault, Supplier<T> reader) {
        try {
            return reader.get();
        } catch (IllegalArgumentException e) {
            settings.reject("ingest", "is not consistent: " + e.getMessage());
            return byDefault;
        }
    }
}
