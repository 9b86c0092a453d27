package io.dhara.flink.operator;

/**
 * When an operator hands on what it holds: at once after a pause, else an interval after the last
 * time. So what comes alone does not wait, and a key is handed on at most once an interval. Not
 * thread-safe. Times are of the operator's processing time, in epoch milliseconds.
 */
public final class FlushPace {
    private final long intervalMillis;
    private long notBefore = Long.MIN_VALUE;

    /**
     * @param intervalMillis between two flushes, while there is always something to hand on
     */
    public FlushPace(long intervalMillis) {
        if (intervalMillis < 1) {
            throw new IllegalArgumentException("interval is not positive: " + intervalMillis);
        }
        this.intervalMillis = intervalMillis;
    }

    /** When what came now is to be handed on. */
    public long due(long now) {
        // A clock that was set back must not hold things for longer than the interval.
        return Math.min(Math.max(now, notBefore), now + intervalMillis);
    }

    /** Everything that was held has been handed on. */
    public void flushed(long now) {
        notBefore = now + intervalMillis;
    }
}
