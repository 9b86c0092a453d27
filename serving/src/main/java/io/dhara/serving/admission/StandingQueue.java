package io.dhara.serving.admission;

/**
 * Tells a queue that stands from one that a burst left and that goes by itself: it stands when
 * every wait of a whole interval was longer than the target, and until no call was refused for a
 * whole interval. After "Controlling Queue Delay" (Nichols and Jacobson, 2012), with a way out that
 * suits a queue that is refused, not dropped. Not thread-safe: one per thread.
 */
final class StandingQueue {
    private static final long NONE = Long.MAX_VALUE;

    private final long targetNanos;
    private final long intervalNanos;
    private boolean begun;
    private long intervalStart;
    private long leastWait = NONE;
    private boolean refused;
    private boolean stands;

    /**
     * @param targetNanos what a call may wait while the queue stands
     * @param intervalNanos what it may wait otherwise
     */
    StandingQueue(long targetNanos, long intervalNanos) {
        this.targetNanos = targetNanos;
        this.intervalNanos = intervalNanos;
    }

    /** Takes note of how long the calls waited that were served last. */
    void observe(long nowNanos, long waitedNanos) {
        if (!begun) {
            begun = true;
            intervalStart = nowNanos;
        }
        long since = nowNanos - intervalStart;
        if (since >= intervalNanos) {
            boolean recent = since < 2 * intervalNanos;
            stands =
                    recent && leastWait != NONE && (leastWait > targetNanos || (stands && refused));
            intervalStart = nowNanos;
            leastWait = NONE;
            refused = false;
        }
        leastWait = Math.min(leastWait, waitedNanos);
    }

    /** Whether a call that waited so long is worth serving. */
    boolean admits(long waitedNanos) {
        boolean admitted = waitedNanos <= (stands ? targetNanos : intervalNanos);
        refused |= !admitted;
        return admitted;
    }

    boolean stands() {
        return stands;
    }
}
