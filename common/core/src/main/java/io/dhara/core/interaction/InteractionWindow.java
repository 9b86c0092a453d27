package io.dhara.core.interaction;

import java.time.Duration;

/** The event times that are kept: from 24 weeks ago to a little ahead of the clock. */
public final class InteractionWindow {
    /** Weeks an interaction is kept; as many as there are {@link WeekSlots#SLOTS}. */
    public static final int WEEKS = 24;

    /** Age up to which an interaction is kept. */
    public static final Duration MAX_AGE = Duration.ofDays(7L * WEEKS);

    /** How far ahead of the clock an event time may be, for clocks that are not quite right. */
    public static final Duration MAX_FUTURE = Duration.ofMinutes(5);

    private InteractionWindow() {}

    /** Oldest event time that is kept, included. */
    public static long oldestMillis(long nowMillis) {
        return nowMillis - MAX_AGE.toMillis();
    }

    /** Newest event time that is believed, included. */
    public static long newestMillis(long nowMillis) {
        return nowMillis + MAX_FUTURE.toMillis();
    }

    /** Whether the event time is kept; both ends are. */
    public static boolean contains(long eventTimeMillis, long nowMillis) {
        return eventTimeMillis >= oldestMillis(nowMillis)
                && eventTimeMillis <= newestMillis(nowMillis);
    }
}
