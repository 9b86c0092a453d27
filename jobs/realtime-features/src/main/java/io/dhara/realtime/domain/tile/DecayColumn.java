package io.dhara.realtime.domain.tile;

import io.dhara.realtime.domain.aggregate.DecayedPartial;
import io.dhara.realtime.domain.event.ColumnInput;
import java.time.Duration;

/**
 * An exponentially decayed count or sum. It has no window; {@value #ZERO_AFTER} half-lives after
 * the newest event it is 0.
 *
 * @param identity as of {@link StateColumn}
 * @param refresh how often its value is to be given anew while no event comes
 */
public record DecayColumn(
        String identity, DecayedPartial.Type type, ColumnInput input, Duration refresh) {
    /** Half-lives without an event after which the value, then below a millionth, is 0. */
    public static final int ZERO_AFTER = 20;

    long zeroAt(long newestMillis) {
        return newestMillis + ZERO_AFTER * type.halfLife().toMillis();
    }
}
