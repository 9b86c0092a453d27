package io.dhara.core.registry;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every {@link SchemaRegistry} shares: the snapshot in force, the problem of the newest state
 * and the listeners. {@link #publish} and {@link #report} are called on the registry's own thread
 * only; everything else from any.
 */
public final class SnapshotFeed {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotFeed.class);

    private static final Duration REFRESH_LIMIT = Duration.ofSeconds(1);

    private final String source;
    private final Executor thread;
    private final List<Consumer<SchemaSnapshot>> listeners = new CopyOnWriteArrayList<>();
    private volatile SchemaSnapshot current;
    private volatile String lastProblem = "";

    /**
     * @param source names the folder or cluster in the log
     * @param thread the registry's own, on which listeners are called
     */
    public SnapshotFeed(String source, Executor thread, SchemaSnapshot first) {
        this.source = requireNonNull(source, "source is null");
        this.thread = requireNonNull(thread, "thread is null");
        this.current = requireNonNull(first, "first is null");
    }

    public SchemaSnapshot current() {
        return current;
    }

    /** Empty when the newest state of the source is what {@link #current} shows. */
    public String lastProblem() {
        return lastProblem;
    }

    /** Makes a snapshot current and tells the listeners; equal content is not told again. */
    public void publish(SchemaSnapshot next) {
        SchemaSnapshot before = current;
        if (sameContent(before, next)) {
            return;
        }
        current = next;
        LOG.info("schemas of {} are now at revision {}", source, next.revision());
        for (Consumer<SchemaSnapshot> listener : listeners) {
            tell(listener, next);
        }
    }

    /** Says that the newest state is not shown, or not wholly, and why; empty when it is. */
    public void report(String problem) {
        if (!problem.isEmpty() && !problem.equals(lastProblem)) {
            LOG.warn("schemas of {} stay as they were: {}", source, problem);
        }
        lastProblem = problem;
    }

    /**
     * Looks at the source on the registry's thread and shows what is in force then, for {@link
     * SchemaRegistry#refresh}. Waits for at most a second; a look that takes longer goes on.
     *
     * @param look publishes and reports what it finds
     * @throws IllegalStateException if it fails
     */
    public SchemaSnapshot refresh(Callable<?> look) {
        FutureTask<?> looking = new FutureTask<>(look);
        try {
            thread.execute(looking);
            looking.get(REFRESH_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot read the schemas of " + source, e.getCause());
        } catch (TimeoutException | RejectedExecutionException e) {
            LOG.debug("a look at the schemas of {} was not over in time", source, e);
        }
        return current;
    }

    /** See {@link SchemaRegistry#subscribe}. */
    public AutoCloseable subscribe(Consumer<SchemaSnapshot> listener) {
        requireNonNull(listener, "listener is null");
        thread.execute(
                () -> {
                    listeners.add(listener);
                    tell(listener, current);
                });
        return () -> listeners.remove(listener);
    }

    /** Whether two snapshots differ in nothing but their revision. */
    public static boolean sameContent(SchemaSnapshot a, SchemaSnapshot b) {
        return a.entities().equals(b.entities())
                && a.stores().equals(b.stores())
                && a.readerTokens().equals(b.readerTokens())
                && a.writerTokens().equals(b.writerTokens());
    }

    /** A listener that fails must not stop the others from hearing of the change. */
    private void tell(Consumer<SchemaSnapshot> listener, SchemaSnapshot snapshot) {
        try {
            listener.accept(snapshot);
        } catch (RuntimeException e) {
            LOG.error("a listener to the schemas of {} failed", source, e);
        }
    }
}
