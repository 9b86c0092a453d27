package io.dhara.flink.sink;

import static java.util.Objects.requireNonNull;

/**
 * A write that will not be tried again.
 *
 * @param detail why it was refused, or what the store found amiss while it applied it; else empty
 */
public record SettledWrite(PendingWrite pending, Outcome outcome, String detail) {

    /** How it ended. */
    public enum Outcome {
        /** The store holds this write or a newer one. */
        APPLIED,
        /** It had expired before it reached the store; nothing older can be served. */
        EXPIRED,
        /** The store will never take it; it belongs into the dead-letter topic. */
        REFUSED
    }

    public SettledWrite {
        requireNonNull(pending, "pending is null");
        requireNonNull(outcome, "outcome is null");
        requireNonNull(detail, "detail is null");
    }
}
