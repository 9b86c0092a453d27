package io.dhara.localstack;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;

/** How long each named phase took, in the order in which they ended. Thread-safe. */
public final class PhaseTimes {

    /** Told of each phase when it has ended, on the thread that did it. */
    @FunctionalInterface
    public interface Listener {
        void ended(String phase, Duration took);
    }

    private final Listener listener;
    private final Map<String, Duration> phases = new LinkedHashMap<>();

    public PhaseTimes(Listener listener) {
        this.listener = requireNonNull(listener, "listener is null");
    }

    /** Does the work of a phase and notes how long it took; not when it fails. */
    public <T> T time(String phase, Callable<T> work) throws Exception {
        long start = System.nanoTime();
        T result = work.call();
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        synchronized (phases) {
            phases.put(phase, took);
        }
        listener.ended(phase, took);
        return result;
    }

    /** As {@link #time}, on a thread of {@code executor}. */
    public <T> CompletableFuture<T> timeOn(
            ExecutorService executor, String phase, Callable<T> work) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return time(phase, work);
                    } catch (Exception e) {
                        throw new CompletionException("phase " + phase + " failed: " + e, e);
                    }
                },
                executor);
    }

    /** The result of a phase started by {@link #timeOn}; its own failure, unwrapped. */
    static <T> T await(CompletableFuture<T> phase) throws Exception {
        try {
            return phase.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            while (cause instanceof CompletionException && cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw cause instanceof Exception failure ? failure : e;
        }
    }

    /** Phase to seconds, in the order in which they ended. */
    public Map<String, Double> seconds() {
        Map<String, Double> seconds = new LinkedHashMap<>();
        synchronized (phases) {
            phases.forEach((phase, took) -> seconds.put(phase, took.toMillis() / 1000.0));
        }
        return seconds;
    }
}
