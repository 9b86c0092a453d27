package io.dhara.serving.interaction;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.serving.interaction.InteractionPersist.PersistRules;
import io.dhara.serving.interaction.InteractionReader.ReadRules;
import java.time.Duration;

/**
 * Settings of the interaction calls.
 *
 * @param enabled whether they are answered at all
 * @param types the interaction types there are
 * @param persist whether events are taken here
 * @param topic of interaction events
 * @param maxEvents of one persist call
 * @param auth what a caller of BharatMLStack's calls must bring
 * @param exactRange whether the peer's range check is exact: 24 weeks, not anything below 25
 * @param hotWait longest wait for the hot tier before the cold tier is asked instead
 * @param maxBodyBytes largest body of an HTTP request
 */
public record InteractionSettings(
        boolean enabled,
        InteractionTypes types,
        Persist persist,
        String topic,
        int maxEvents,
        Auth auth,
        boolean exactRange,
        Duration hotWait,
        int maxBodyBytes) {

    /** Whether events are taken. */
    public enum Persist {
        ON,
        OFF
    }

    /** What a caller of BharatMLStack's calls must bring. */
    public enum Auth {
        /** Header {@code interaction-store-caller-id} with any value, as the peer has it. */
        CALLER_ID,
        /** The same, and the token that the registry has for that caller. */
        REGISTRY
    }

    private static final int MAX_BODY_BYTES = 64 << 20;

    public InteractionSettings {
        requireNonNull(types, "types is null");
        requireNonNull(persist, "persist is null");
        requireNonNull(topic, "topic is null");
        requireNonNull(auth, "auth is null");
        requireNonNull(hotWait, "hotWait is null");
    }

    /**
     * Reads {@code interactions.*} and {@code kafka.topics.interactions}.
     *
     * @param byDefault whether they are answered where the settings do not say
     */
    public static InteractionSettings from(Settings settings, boolean byDefault) {
        boolean enabled = settings.bool("interactions.enabled", byDefault);
        long body = settings.size("interactions.max-body-size", 1 << 20);
        if (body < 1 || body > MAX_BODY_BYTES) {
            settings.reject(
                    "interactions.max-body-size", "must be 1 b to 64 mb: got " + body + " b");
        }
        return new InteractionSettings(
                enabled,
                InteractionTypes.from(settings),
                settings.choice("interactions.persist", Persist.ON),
                settings.string("kafka.topics.interactions", "interaction-store.interactions"),
                settings.integer("interactions.persist-max-events", 1_000, 1, 100_000),
                settings.choice("interactions.auth", Auth.CALLER_ID),
                settings.bool("interactions.exact-range", false),
                settings.positiveDuration("interactions.hot-wait", Duration.ofMillis(200)),
                (int) Math.min(body, MAX_BODY_BYTES));
    }

    ReadRules readRules(Duration answerReserve) {
        return new ReadRules(hotWait, answerReserve);
    }

    PersistRules persistRules() {
        return new PersistRules(persist == Persist.ON, topic, maxEvents);
    }
}
