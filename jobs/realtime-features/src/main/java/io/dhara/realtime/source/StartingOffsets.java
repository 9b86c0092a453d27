package io.dhara.realtime.source;

/** Where a job without a checkpoint starts to read a topic. */
public enum StartingOffsets {
    /** Where its consumer group stopped; from the beginning if that is not known. */
    COMMITTED,
    EARLIEST,
    LATEST
}
