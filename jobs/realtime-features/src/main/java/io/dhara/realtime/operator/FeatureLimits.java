package io.dhara.realtime.operator;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.Duration;

/**
 * Settings of the feature operator.
 *
 * @param flushInterval longest time an event is held; a key gives at most one row in it
 * @param maxEvents most events and keys held
 * @param maxBytes most bytes of held events, as estimated
 * @param tick how often the clock is moved while every input is idle
 * @param timerSpread longest time by which a value may fall later than its window says, so that
 *     keys do not all change at full minutes; at most a 60th of a group's shortest window
 */
public record FeatureLimits(
        Duration flushInterval, int maxEvents, long maxBytes, Duration tick, Duration timerSpread)
        implements Serializable {

    public static final FeatureLimits DEFAULT =
            new FeatureLimits(
                    Duration.ofMillis(50),
                    10_000,
                    16 << 20,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(5));

    public FeatureLimits {
        requireNonNull(flushInterval, "flushInterval is null");
        requireNonNull(tick, "tick is null");
        requireNonNull(timerSpread, "timerSpread is null");
        atLeastOne("milliseconds of the flush interval", flushInterval.toMillis());
        atLeastOne("held events", maxEvents);
        atLeastOne("held bytes", maxBytes);
        atLeastOne("milliseconds of the tick", tick.toMillis());
        if (timerSpread.isNegative()) {
            throw new IllegalArgumentException(
                    "timer spread must not be negative: got " + timerSpread);
        }
    }

    private static void atLeastOne(String what, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be at least 1: got " + value);
        }
    }
}
