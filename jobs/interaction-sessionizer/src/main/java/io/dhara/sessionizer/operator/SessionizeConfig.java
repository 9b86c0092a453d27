package io.dhara.sessionizer.operator;

import static java.util.Objects.requireNonNull;

import io.dhara.sessionizer.session.SessionRules;
import io.dhara.sessionizer.tier.TierLimits;
import java.io.Serializable;
import java.time.Duration;

/**
 * Settings of the {@link SessionizeOperator}.
 *
 * @param rules where sessions end
 * @param flushInterval longest time an event is held before it goes to state and hot tier
 * @param flushMaxEvents most events held
 * @param flushMaxBytes most bytes of held events, as estimated
 * @param tick how often the session clock is moved while every input is idle
 * @param tiers bounds of the work in the tiers
 */
public record SessionizeConfig(
        SessionRules rules,
        Duration flushInterval,
        int flushMaxEvents,
        long flushMaxBytes,
        Duration tick,
        TierLimits tiers)
        implements Serializable {

    public static final SessionizeConfig DEFAULT =
            new SessionizeConfig(
                    SessionRules.DEFAULT,
                    Duration.ofMillis(50),
                    10_000,
                    16 << 20,
                    Duration.ofSeconds(1),
                    TierLimits.DEFAULT);

    public SessionizeConfig {
        requireNonNull(rules, "rules is null");
        requireNonNull(flushInterval, "flushInterval is null");
        requireNonNull(tick, "tick is null");
        requireNonNull(tiers, "tiers is null");
        atLeastOne("milliseconds of the flush interval", flushInterval.toMillis());
        atLeastOne("held events", flushMaxEvents);
        atLeastOne("held bytes", flushMaxBytes);
        atLeastOne("milliseconds of the tick", tick.toMillis());
    }

    private static void atLeastOne(String what, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be at least 1: got " + value);
        }
    }
}
