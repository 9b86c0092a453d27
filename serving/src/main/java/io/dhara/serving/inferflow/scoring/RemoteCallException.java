package io.dhara.serving.inferflow.scoring;

import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A server that gave no usable answer; {@link #kind()} says why. */
final class RemoteCallException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why there is no answer. */
    enum Kind {
        /** Out of reach or overloaded; another try may succeed. */
        UNAVAILABLE,
        /** Not in time. */
        LATE,
        /** As many calls as allowed are on their way to it already; another try may succeed. */
        BUSY,
        /** The server refused the request. */
        REFUSED,
        /** It answered something else than the graph says. */
        WRONG_ANSWER
    }

    private final Kind kind;

    RemoteCallException(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }

    boolean isRetryable() {
        return kind == Kind.UNAVAILABLE || kind == Kind.BUSY;
    }

    /** What a future failed with, without what stages wrap around it; null for null. */
    static @Nullable Throwable causeOf(@Nullable Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
