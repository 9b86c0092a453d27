package io.dhara.sessionizer.session;

/** Why a session ended. The order is part of the state format. */
public enum CloseReason {
    /** No event for the session gap. */
    GAP,
    /** Its longest time or its most events. */
    CAP,
    /** The job was drained. */
    STOP,
    /** Its events came after their time. */
    LATE
}
