package io.dhara.flink.operator;

/**
 * The clock of a keyed operator: event time, as the watermark tells it, and while every input is
 * idle the time that goes by here. It never goes back.
 *
 * <p>Idle time counts in ticks: what passes between two ticks counts as at most one tick. A process
 * that stood still for an hour, while its input filled up, does not take that hour for silence.
 */
public final class EventClock {
    /** Before the first watermark. */
    public static final long UNKNOWN = Long.MIN_VALUE;

    private final long tickMillis;
    private long clockMillis;
    private boolean idle;
    private long lastTickMillis;

    /**
     * @param tickMillis how often {@link #tick} is called
     * @param restoredMillis what the clock said before a restart, or {@link #UNKNOWN}
     */
    public EventClock(long tickMillis, long restoredMillis) {
        this.tickMillis = tickMillis;
        this.clockMillis = restoredMillis;
    }

    /** Event time, epoch milliseconds. */
    public long millis() {
        return clockMillis;
    }

    /** No event with this event time or an earlier one is on its way. */
    public void watermark(long eventTimeMillis) {
        clockMillis = Math.max(clockMillis, eventTimeMillis);
    }

    /** Every input is quiet from now on. */
    public void idle(long nowMillis) {
        if (!idle) {
            idle = true;
            lastTickMillis = nowMillis;
        }
    }

    /** Some input has something again. */
    public void active() {
        idle = false;
    }

    /**
     * @param nowMillis processing time
     * @return whether the clock moved
     */
    public boolean tick(long nowMillis) {
        if (!idle || clockMillis == UNKNOWN) {
            return false;
        }
        long passed = Math.min(tickMillis, nowMillis - lastTickMillis);
        lastTickMillis = nowMillis;
        if (passed <= 0) {
            return false;
        }
        clockMillis += passed;
        return true;
    }
}
