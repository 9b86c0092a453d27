package io.dhara.serving.grpc;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** A call that cannot be answered; {@link #kind()} says whose matter it is. */
public final class ServingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The closed set of reasons; {@link StatusMapping} turns each into a status. */
    public enum Kind {
        /** The request is malformed or over a limit of its own shape. Names field, value, limit. */
        INVALID,
        /** An entity, group, feature or version that is not in the registry. */
        NOT_FOUND,
        /** Known, but not in the way it was asked for. */
        FAILED_PRECONDITION,
        /** Turned off here by configuration. */
        UNIMPLEMENTED,
        /** A store or broker is out of reach; another try may succeed. */
        UNAVAILABLE,
        /** The deadline passed first. */
        DEADLINE,
        /** A limit of this instance is reached; another try may succeed. */
        EXHAUSTED,
        /** What is stored does not decode, and it was all that was asked for. */
        DATA_LOSS
    }

    private final Kind kind;

    public ServingException(Kind kind, String message) {
        this(kind, message, null);
    }

    public ServingException(Kind kind, String message, @Nullable Throwable cause) {
        super(requireNonNull(message, "message is null"), cause);
        this.kind = requireNonNull(kind, "kind is null");
    }

    public Kind kind() {
        return kind;
    }
}
