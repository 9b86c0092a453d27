package io.dhara.core.registry;

import static java.util.Objects.requireNonNull;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Schemas from a folder of YAML files. The folder is read at an interval and taken as a whole: what
 * is shown is one valid state of all its files, never a part of a change. A state is taken when two
 * readings in a row agree, so that files copied one after another are not seen half way; if it is
 * not valid, or would make stored blocks unreadable, the last good one stays.
 */
public final class FileSchemaRegistry implements SchemaRegistry {
    private static final Duration REFRESH_PAUSE = Duration.ofMillis(100);

    private final Path folder;
    private final ScheduledExecutorService thread;
    private final SnapshotFeed feed;
    private Map<String, String> seen;
    private Map<String, String> taken;
    private boolean unreadable;
    private long lookedAtNanos = System.nanoTime();

    private FileSchemaRegistry(
            Path folder,
            Map<String, String> files,
            SchemaSnapshot first,
            ScheduledExecutorService thread) {
        this.folder = folder;
        this.seen = files;
        this.taken = files;
        this.thread = thread;
        this.feed = new SnapshotFeed(folder.toString(), thread, first);
    }

    /**
     * Reads the folder and follows it from then on.
     *
     * @param interval between two readings
     * @throws InvalidSchemasException if there is no valid first state
     * @throws UncheckedIOException if the folder cannot be read
     */
    public static FileSchemaRegistry open(Path folder, Duration interval) {
        requireNonNull(folder, "folder is null");
        Map<String, String> files = YamlSchemas.readFolder(folder);
        SchemaSnapshot first = YamlSchemas.read(folder.toString(), 1, files);
        ScheduledExecutorService thread =
                Executors.newSingleThreadScheduledExecutor(
                        runnable -> {
                            Thread created = new Thread(runnable, "schemas-of-" + folder);
                            created.setDaemon(true);
                            return created;
                        });
        FileSchemaRegistry registry = new FileSchemaRegistry(folder, files, first, thread);
        long nanos = interval.toNanos();
        thread.scheduleWithFixedDelay(registry::look, nanos, nanos, TimeUnit.NANOSECONDS);
        return registry;
    }

    @Override
    public SchemaSnapshot current() {
        return feed.current();
    }

    /**
     * Takes the folder as it is now, without waiting for a second reading that agrees; at most one
     * reading in 100 ms.
     */
    @Override
    public SchemaSnapshot refresh() {
        return feed.refresh(Executors.callable(this::takeNow));
    }

    @Override
    public AutoCloseable subscribe(Consumer<SchemaSnapshot> listener) {
        return feed.subscribe(listener);
    }

    @Override
    public String lastProblem() {
        return feed.lastProblem();
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    private void look() {
        Map<String, String> files = read();
        if (files.equals(seen) && !files.equals(taken)) {
            take(files);
        }
        seen = files;
    }

    private void takeNow() {
        if (System.nanoTime() - lookedAtNanos < REFRESH_PAUSE.toNanos()) {
            return;
        }
        lookedAtNanos = System.nanoTime();
        seen = read();
        if (!seen.equals(taken)) {
            take(seen);
        }
    }

    /** The files, or those seen last while the folder cannot be read. */
    private Map<String, String> read() {
        try {
            Map<String, String> files = YamlSchemas.readFolder(folder);
            if (unreadable) {
                unreadable = false;
                taken = Map.of();
            }
            return files;
        } catch (UncheckedIOException e) {
            unreadable = true;
            feed.report(e.getMessage());
            return seen;
        }
    }

    private void take(Map<String, String> files) {
        taken = files;
        try {
            long revision = feed.current().revision() + 1;
            SchemaSnapshot next = YamlSchemas.read(folder.toString(), revision, files);
            SchemaMerge.Result followed = SchemaMerge.merge(feed.current(), SchemaDraft.of(next));
            if (followed.problems().isEmpty()) {
                feed.publish(followed.snapshot());
            }
            report(followed.problems());
        } catch (InvalidSchemasException e) {
            report(e.problems());
        }
    }

    private void report(List<SchemaProblem> problems) {
        feed.report(String.join("\n", problems.stream().map(SchemaProblem::toString).toList()));
    }
}
