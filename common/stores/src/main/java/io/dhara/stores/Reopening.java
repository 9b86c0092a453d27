package io.dhara.stores;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Something that is opened in the background, and opened again when it is asked for after opening
 * failed, but not more often than once per pause. Thread-safe.
 *
 * @param <T> what is opened
 */
public final class Reopening<T> {
    private final Supplier<CompletableFuture<T>> open;
    private final long pauseNanos;
    private CompletableFuture<T> opening;
    private long openedAtNanos;
    private boolean closed;

    /** Starts to open at once. */
    public Reopening(Duration pause, Supplier<CompletableFuture<T>> open) {
        this.open = open;
        this.pauseNanos = pause.toNanos();
        this.openedAtNanos = System.nanoTime();
        this.opening = open.get();
    }

    /** The opened thing, or the one to come, or why the last try failed. */
    public synchronized CompletableFuture<T> get() {
        if (opening.isCompletedExceptionally()
                && !closed
                && System.nanoTime() - openedAtNanos >= pauseNanos) {
            openedAtNanos = System.nanoTime();
            opening = open.get();
        }
        return opening;
    }

    /** As {@link #get()}, failing with a TimeoutException after this much waiting. */
    public CompletableFuture<T> get(Duration wait) {
        return within(get(), wait);
    }

    /** The future itself if it is done, else a copy that fails when the wait is over. */
    public static <U> CompletableFuture<U> within(CompletableFuture<U> future, Duration wait) {
        return future.isDone()
                ? future
                : future.copy().orTimeout(wait.toNanos(), TimeUnit.NANOSECONDS);
    }

    /**
     * Ends it. What is open is handed to the closer now; what is still being opened, as soon as it
     * is.
     *
     * @return done when what was open has been closed; does not wait for what was still being
     *     opened
     */
    public CompletionStage<Void> close(Function<T, CompletionStage<Void>> closer) {
        CompletableFuture<T> last;
        synchronized (this) {
            closed = true;
            last = opening;
        }
        CompletableFuture<Void> end = last.thenCompose(closer).exceptionally(failure -> null);
        return last.isDone() ? end : CompletableFuture.completedFuture(null);
    }
}
