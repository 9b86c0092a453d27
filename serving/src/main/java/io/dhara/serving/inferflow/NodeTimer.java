package io.dhara.serving.inferflow;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs what is due: one thread watches the time, others run what follows, so that one slow call
 * does not delay the deadlines of the rest. Thread-safe.
 */
final class NodeTimer implements AutoCloseable {
    private final ScheduledThreadPoolExecutor watch;
    private final ExecutorService workers;

    NodeTimer() {
        watch =
                new ScheduledThreadPoolExecutor(
                        1, new DefaultThreadFactory("dhara-inferflow-timer", true));
        watch.setRemoveOnCancelPolicy(true);
        workers =
                Executors.newFixedThreadPool(
                        Runtime.getRuntime().availableProcessors(),
                        new DefaultThreadFactory("dhara-inferflow", true));
    }

    /** Runs it on a worker, not before this many nanoseconds from now. */
    Future<?> after(long nanos, Runnable due) {
        return watch.schedule(() -> workers.execute(due), nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        watch.shutdownNow();
        workers.shutdownNow();
    }
}
