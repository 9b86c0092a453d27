package io.dhara.sessionizer.session;

/**
 * Numbers that only grow, for epochs and for write times in the cold tier: epoch microseconds of
 * the start of this attempt and one more with every use. So whatever a former attempt that is still
 * alive writes is older than everything of this one.
 */
public final class GrowingClock {
    /** More than an attempt uses between its last checkpoint and its end. */
    private static final long HEADROOM = 1_000_000;

    private final long first;
    private long highest;

    /**
     * @param nowMicros at the start of this attempt
     * @param restoredHighest highest number in the checkpoint, 0 if there is none
     * @param attempt number of this attempt, from 0; parts those of attempts on machines whose
     *     clocks are behind the checkpoint
     */
    public GrowingClock(long nowMicros, long restoredHighest, int attempt) {
        this.first =
                nowMicros > restoredHighest
                        ? nowMicros
                        : restoredHighest + 1 + (attempt + 1) * HEADROOM;
        this.highest = first - 1;
    }

    public long next() {
        return ++highest;
    }

    public long highest() {
        return highest;
    }

    /** Whether the number is of this attempt. */
    public boolean isOwn(long number) {
        return number >= first;
    }
}
