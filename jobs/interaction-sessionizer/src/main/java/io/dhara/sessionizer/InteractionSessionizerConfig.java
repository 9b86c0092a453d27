package io.dhara.sessionizer;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.flink.config.KafkaSettings;
import io.dhara.flink.sink.DeadLetters;
import io.dhara.sessionizer.event.EventRules;
import io.dhara.sessionizer.operator.EventTimeWatermarks;
import io.dhara.sessionizer.operator.SessionizeConfig;
import io.dhara.sessionizer.session.SessionRules;
import io.dhara.stores.StoreConnections;
import io.dhara.stores.interaction.ColdTierConfig;
import io.dhara.stores.interaction.HotTierConfig;
import io.dhara.stores.interaction.TierStores;
import io.dhara.stores.redis.RedisConfig;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Every setting of the interaction-sessionizer job.
 *
 * @param kafka how to reach Kafka
 * @param topics what is written there, and where reading starts
 * @param sources what is read there
 * @param rules which events are accepted
 * @param watermarks how far the event time of a partition has come
 * @param sessionize where sessions end, and bounds of their work
 * @param stores the connections of the tiers
 * @param hot how the hot tier is laid out
 * @param cold how the cold tier is laid out
 */
public record InteractionSessionizerConfig(
        KafkaSettings kafka,
        Topics topics,
        List<EventSource> sources,
        EventRules rules,
        EventTimeWatermarks watermarks,
        SessionizeConfig sessionize,
        TierStores stores,
        HotTierConfig hot,
        ColdTierConfig cold)
        implements Serializable {

    /** Default consumer group. */
    static final String GROUP_ID = "dhara-interaction-sessionizer";

    /** Where a job without a checkpoint starts to read. */
    public enum StartingOffsets {
        /** Where its consumer group stopped; from the beginning if that is not known. */
        COMMITTED,
        EARLIEST,
        LATEST
    }

    /**
     * @param startingOffsets where a job without a checkpoint starts in each source's topic
     * @param deadLetters rejected records
     * @param deadLetterMaxBytes longest record that topic takes ({@code max.message.bytes}); by
     *     default the longest record that is accepted and room for its key, headers and reasons
     * @param sessions closed sessions
     */
    public record Topics(
            StartingOffsets startingOffsets,
            String deadLetters,
            int deadLetterMaxBytes,
            String sessions)
            implements Serializable {

        public static final Topics DEFAULT =
                new Topics(
                        StartingOffsets.COMMITTED,
                        "dhara.interaction-sessionizer.dlq",
                        DeadLetters.maxBytes(EventRules.DEFAULT_MAX_RECORD_BYTES),
                        "dhara.sessions");

        public Topics {
            requireNonNull(startingOffsets, "startingOffsets is null");
            requireNonNull(deadLetters, "deadLetters is null");
            requireNonNull(sessions, "sessions is null");
        }
    }

    public InteractionSessionizerConfig {
        requireNonNull(kafka, "kafka is null");
        requireNonNull(topics, "topics is null");
        sources = List.copyOf(sources);
        requireNonNull(rules, "rules is null");
        requireNonNull(watermarks, "watermarks is null");
        requireNonNull(sessionize, "sessionize is null");
        requireNonNull(stores, "stores is null");
        requireNonNull(hot, "hot is null");
        requireNonNull(cold, "cold is null");
    }

    /**
     * Reads everything; the caller ends with {@link Settings#finish()}, which reports what was
     * wrong.
     */
    public static InteractionSessionizerConfig from(Settings settings) {
        EventRules rules = rules(settings);
        EventTimeWatermarks watermarks = watermarks(settings);
        SessionizeConfig sessionize = SessionizeSettings.from(settings);
        TierStores stores = TierStores.from(settings, StoreConnections.from(settings));
        HotTierConfig hot =
                orDefault(
                        settings,
                        "interactions.hot",
                        HotTierConfig.defaults(),
                        () -> HotTierConfig.from(settings));
        List<EventSource> sources = EventSource.from(settings);
        checkTypes(settings, sources, rules);
        checkHotTier(settings, hot, stores);
        checkTtl(settings, hot, sessionize.rules(), watermarks);
        return new InteractionSessionizerConfig(
                KafkaSettings.from(settings, GROUP_ID),
                topics(settings, rules),
                sources,
                rules,
                watermarks,
                sessionize,
                stores,
                hot,
                ColdTierConfig.from(settings));
    }

    /** Every record of such a source would be rejected. */
    private static void checkTypes(Settings settings, List<EventSource> sources, EventRules rules) {
        for (EventSource source : sources) {
            String type = source.format().type();
            if (!type.isEmpty() && rules.types().byName(type).isEmpty()) {
                settings.reject(
                        "interactions.types",
                        "must have "
                                + type
                                + " for source "
                                + source.name()
                                + ", or interactions.sources."
                                + source.name()
                                + ".enabled be false");
            }
        }
    }

    private static void checkHotTier(Settings settings, HotTierConfig hot, TierStores stores) {
        RedisConfig connection = stores.connections().redis().get(stores.hotConfId());
        if (connection != null) {
            try {
                hot.requireFits(connection);
            } catch (IllegalArgumentException e) {
                settings.reject("interactions.hot", "does not fit its store: " + e.getMessage());
            }
        }
    }

    /** Keys that expire in the midst of a session hide its events until it closes. */
    private static void checkTtl(
            Settings settings,
            HotTierConfig hot,
            SessionRules session,
            EventTimeWatermarks watermarks) {
        Duration open = session.gap().plus(watermarks.lateness()).plus(watermarks.idleAfter());
        Duration needed = open.multipliedBy(2);
        if (hot.ttl().compareTo(needed) < 0) {
            settings.reject(
                    "interactions.hot.ttl",
                    "must be at least twice session-gap + lateness + idle-after, "
                            + needed
                            + ": got "
                            + hot.ttl());
        }
    }

    private static Topics topics(Settings settings, EventRules rules) {
        Topics byDefault = Topics.DEFAULT;
        return new Topics(
                settings.choice("kafka.starting-offsets", byDefault.startingOffsets),
                settings.string("kafka.topics.dead-letters", byDefault.deadLetters),
                settings.bytes(
                        "interactions.dead-letter-max-bytes",
                        DeadLetters.maxBytes(rules.maxRecordBytes())),
                settings.string("kafka.topics.sessions", byDefault.sessions));
    }

    private static EventRules rules(Settings settings) {
        return new EventRules(
                InteractionTypes.from(settings),
                settings.bytes(
                        "interactions.max-record-bytes", EventRules.DEFAULT_MAX_RECORD_BYTES),
                atLeastOne(
                        settings,
                        "interactions.max-details-per-order",
                        EventRules.DEFAULT_MAX_DETAILS_PER_ORDER,
                        Integer.MAX_VALUE),
                atLeastOne(
                        settings,
                        "interactions.max-user-id-bytes",
                        EventRules.DEFAULT_MAX_USER_ID_BYTES,
                        EventRules.USER_ID_BYTES_LIMIT));
    }

    private static EventTimeWatermarks watermarks(Settings settings) {
        EventTimeWatermarks byDefault = EventTimeWatermarks.DEFAULT;
        Duration lateness = settings.duration("interactions.lateness", byDefault.lateness());
        Duration idleAfter =
                settings.positiveDuration("interactions.idle-after", byDefault.idleAfter());
        return new EventTimeWatermarks(
                lateness, idleAfter.isZero() ? byDefault.idleAfter() : idleAfter);
    }

    /** A value out of range has been reported by its own reader; the record then refuses it too. */
    private static <T> T orDefault(Settings settings, String key, T byDefault, Supplier<T> reader) {
        try {
            return reader.get();
        } catch (IllegalArgumentException e) {
            settings.reject(key, "is not consistent: " + e.getMessage());
            return byDefault;
        }
    }

    /** The settings report a value out of range; the default takes its place until they do. */
    private static int atLeastOne(Settings settings, String key, int byDefault, int max) {
        int value = settings.integer(key, byDefault, 1, max);
        return value < 1 || value > max ? byDefault : value;
    }
}
