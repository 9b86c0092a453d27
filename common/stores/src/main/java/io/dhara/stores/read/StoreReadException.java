package io.dhara.stores.read;

/** A store could not answer; {@link #kind()} says in which way. */
public final class StoreReadException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What to do about it. */
    public enum Kind {
        /** The store refused, is unreachable, or has no replica: another try later may succeed. */
        UNAVAILABLE,
        /** No answer before the deadline. */
        DEADLINE,
        /** The stored value cannot be taken apart (a broken CSDB). */
        CORRUPT
    }

    private final Kind kind;

    public StoreReadException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public StoreReadException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
