package io.dhara.sessionizer.session;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.Duration;

/**
 * Where sessions end.
 *
 * @param gap longest pause inside a session, in event time; exactly the gap is still inside
 * @param cap longest time from a session's first event to its last, in event time
 * @param maxEvents a session with so many events ends with the last of that millisecond
 */
public record SessionRules(Duration gap, Duration cap, int maxEvents) implements Serializable {
    public static final SessionRules DEFAULT =
            new SessionRules(Duration.ofMinutes(30), Duration.ofHours(4), 5_000);

    public SessionRules {
        requireNonNull(gap, "gap is null");
        requireNonNull(cap, "cap is null");
        if (gap.toMillis() < 1) {
            throw new IllegalArgumentException("session gap must be at least 1 ms: got " + gap);
        }
        if (cap.compareTo(gap) < 0) {
            throw new IllegalArgumentException(
                    "session cap must be at least the session gap " + gap + ": got " + cap);
        }
        if (maxEvents < 1) {
            throw new IllegalArgumentException(
                    "events of a session must be at least 1: got " + maxEvents);
        }
    }

    long gapMillis() {
        return gap.toMillis();
    }

    /** When a session that has not reached its most events ends. */
    long closeMillis(long startMillis, long endMillis) {
        return Math.min(endMillis + gap.toMillis(), startMillis + cap.toMillis());
    }

    /**
     * Until when it must be remembered through which time a user's sessions are closed. Once the
     * gap has passed, the session clock says as much; another gap is for clocks that differ between
     * subtasks when keys move from one to another.
     */
    long forgetMillis(long closedThroughMillis) {
        return closedThroughMillis + 2 * gap.toMillis();
    }
}
