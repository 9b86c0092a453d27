package io.dhara.stores.read;

import io.dhara.core.model.StoreConfig;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;

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

    /**
     * The failure of asking this store.
     *
     * @param thrown what the driver said; a CompletionException around it is taken off
     * @param isTimeout whether an error of the driver means that the time was over
     */
    public static StoreReadException of(
            StoreConfig store, Throwable thrown, Predicate<Throwable> isTimeout) {
        Throwable failure =
                thrown instanceof CompletionException && thrown.getCause() != null
                        ? thrown.getCause()
                        : thrown;
        return isTimeout.test(failure)
                ? new StoreReadException(
                        Kind.DEADLINE,
                        "store " + store.id() + " did not answer before the deadline",
                        failure)
                : new StoreReadException(
                        Kind.UNAVAILABLE,
                        "cannot read store " + store.id() + ": " + failure,
                        failure);
    }

    public Kind kind() {
        return kind;
    }
}
