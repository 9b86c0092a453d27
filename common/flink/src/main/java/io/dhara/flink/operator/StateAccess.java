package io.dhara.flink.operator;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Keyed state read and written by code that knows nothing of Flink. State that cannot be read or
 * written ends the task; it is restored from a checkpoint.
 */
public final class StateAccess {
    private StateAccess() {}

    /** Reads state. */
    @FunctionalInterface
    public interface Read<T extends @Nullable Object> {
        T read() throws Exception;
    }

    /** Changes state. */
    @FunctionalInterface
    public interface Change {
        void run() throws Exception;
    }

    /**
     * @throws RuntimeException whatever goes wrong
     */
    public static <T extends @Nullable Object> T read(Read<T> read) {
        try {
            return read.read();
        } catch (Exception e) {
            throw failed(e);
        }
    }

    /**
     * @throws RuntimeException whatever goes wrong
     */
    public static void run(Change change) {
        try {
            change.run();
        } catch (Exception e) {
            throw failed(e);
        }
    }

    private static RuntimeException failed(Exception e) {
        return e instanceof RuntimeException runtime
                ? runtime
                : new UncheckedIOException(new IOException("state of a key failed", e));
    }
}
