package io.dhara.sessionizer;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.flink.config.KafkaSettings;
import io.dhara.sessionizer.event.EventRules;
import io.dhara.sessionizer.operator.EventTimeWatermarks;
import io.dhara.sessionizer.session.SessionRules;
import io.dhara.stores.StoreConnections;
import io.dhara.stores.interaction.ColdTierConfig;
import io.dhara.stores.interaction.TierStores;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * Every setting of the interaction-sessionizer job.
 *
 * @param kafka how to reach Kafka
 * @param topics what is written there, and where reading starts
 * @param sources what is read there
 * @param rules which events are accepted
 * @param watermarks how far the event time of a partition has come
 * @param session where sessions end
 * @param stores the connections of the tiers
 * @param cold how the cold tier is laid out
 */
public record InteractionSessionizerConfig(
        KafkaSettings kafka,
        Topics topics,
        List<EventSource> sources,
        EventRules rules,
        EventTimeWatermarks watermarks,
        SessionRules session,
        TierStores stores,
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
     * @param deadLetterMaxBytes longest record that topic takes ({@code max.message.bytes})
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
                        1 << 20,
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
        requireNonNull(session, "session is null");
        requireNonNull(stores, "stores is null");
        requireNonNull(cold, "cold is null");
    }

    /**
     * Reads everything; the caller ends with {@link Settings#finish()}, which reports what was
     * wrong.
     */
    public static InteractionSessionizerConfig from(Settings settings) {
        return new InteractionSessionizerConfig(
                KafkaSettings.from(settings, GROUP_ID),
                topics(settings),
                EventSource.from(settings),
                rules(settings),
                watermarks(settings),
                session(settings),
                TierStores.from(settings, StoreConnections.from(settings)),
                ColdTierConfig.from(settings));
    }

    private static Topics topics(Settings settings) {
        Topics byDefault = Topics.DEFAULT;
        return new Topics(
                settings.choice("kafka.starting-offsets", byDefault.startingOffsets),
                settings.string("kafka.topics.dead-letters", byDefault.deadLetters),
                bytes(settings, "interactions.dead-letter-max-bytes", byDefault.deadLetterMaxBytes),
                settings.string("kafka.topics.sessions", byDefault.sessions));
    }

    private static EventRules rules(Settings settings) {
        return new EventRules(
                InteractionTypes.from(settings),
                bytes(
                        settings,
                        "interactions.max-record-bytes",
                        EventRules.DEFAULT_MAX_RECORD_BYTES),
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

    private static SessionRules session(Settings settings) {
        SessionRules byDefault = SessionRules.DEFAULT;
        Duration gap = settings.positiveDuration("interactions.session-gap", byDefault.gap());
        Duration cap = settings.positiveDuration("interactions.session-cap", byDefault.cap());
        int maxEvents =
                atLeastOne(
                        settings,
                        "interactions.session-max-events",
                        byDefault.maxEvents(),
                        Integer.MAX_VALUE);
        try {
            return new SessionRules(gap, cap, maxEvents);
        } catch (IllegalArgumentException e) {
            settings.reject("interactions.session-gap", "and -cap do not agree: " + e.getMessage());
            return byDefault;
        }
    }

    /** The settings report a value out of range; the default takes its place until they do. */
    private static int atLeastOne(Settings settings, String key, int byDefault, int max) {
        int value = settings.integer(key, byDefault, 1, max);
        return value < 1 || value > max ? byDefault : value;
    }

    private static int bytes(Settings settings, String key, int byDefault) {
        long size = settings.size(key, byDefault);
        if (size < 1 || size > Integer.MAX_VALUE) {
            settings.reject(key, "must be 1 b.." + Integer.MAX_VALUE + " b: got " + size + " b");
            return byDefault;
        }
        return (int) size;
    }
}
