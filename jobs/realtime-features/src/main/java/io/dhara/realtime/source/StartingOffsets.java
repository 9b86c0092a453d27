package io.dhara.realtime.source;

/** Where a job that has no state begins to read a topic. */
public enum StartingOffsets {
    /** Where its consumer group stopped, or at the beginning. */
    COMMITTED,
    /** At the beginning. */
    EARLIEST,
    /** With what is written from then on. */
    LATEST
}
