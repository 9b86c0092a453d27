package io.dhara.graph.config;

import static java.util.Objects.requireNonNull;

import io.dhara.core.registry.SchemaRegistry;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.GraphRegistry;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Graphs from a folder of YAML and JSON files, read at an interval. A state of the files is taken
 * when two readings in a row agree, so that files copied one after another are not seen half way.
 */
public final class FileGraphRegistry implements GraphRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(FileGraphRegistry.class);

    private final Path folder;
    private final ScheduledExecutorService thread;
    private final PlanFeed feed;
    private final GraphTexts texts = new GraphTexts();
    private final AutoCloseable schemaChanges;
    private Map<String, String> seen;
    private Map<String, String> taken;
    private String unreadable = "";

    private FileGraphRegistry(
            Path folder, Map<String, String> files, SchemaRegistry schemas, GraphLimits limits) {
        this.folder = folder;
        this.seen = files;
        this.taken = files;
        this.thread =
                Executors.newSingleThreadScheduledExecutor(
                        runnable -> {
                            Thread created = new Thread(runnable, "graphs-of-" + folder);
                            created.setDaemon(true);
                            return created;
                        });
        this.feed = new PlanFeed(folder.toString(), schemas.current(), limits);
        take(files);
        this.schemaChanges = schemas.subscribe(this::follow);
    }

    /**
     * Reads the folder and follows it and the schemas from then on. A graph that is refused does
     * not keep the others from being served.
     *
     * @param interval between two readings
     * @throws UncheckedIOException if the folder cannot be read
     */
    public static FileGraphRegistry open(
            Path folder, Duration interval, SchemaRegistry schemas, GraphLimits limits) {
        requireNonNull(folder, "folder is null");
        Map<String, String> files = GraphFiles.readFolder(folder);
        FileGraphRegistry registry = new FileGraphRegistry(folder, files, schemas, limits);
        long nanos = interval.toNanos();
        registry.thread.scheduleWithFixedDelay(registry::look, nanos, nanos, TimeUnit.NANOSECONDS);
        return registry;
    }

    @Override
    public @Nullable GraphPlan plan(String model) {
        return feed.plan(model);
    }

    @Override
    public Map<String, GraphPlan> plans() {
        return feed.plans();
    }

    @Override
    public Map<String, String> problems() {
        return feed.problems();
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            schemaChanges.close();
        } catch (Exception e) {
            LOG.warn("graphs of {} could not stop following the schemas", folder, e);
        }
    }

    private void follow(SchemaSnapshot schemas) {
        try {
            thread.execute(() -> feed.take(schemas));
        } catch (RejectedExecutionException e) {
            LOG.debug("schemas came after the end of the graphs of {}", folder, e);
        }
    }

    private void look() {
        try {
            Map<String, String> files = GraphFiles.readFolder(folder);
            if (files.equals(seen) && (!files.equals(taken) || !unreadable.isEmpty())) {
                take(files);
            }
            seen = files;
        } catch (UncheckedIOException e) {
            if (!unreadable.equals(e.getMessage())) {
                unreadable = String.valueOf(e.getMessage());
                LOG.warn("graphs stay as they were: {}", unreadable);
            }
        } catch (RuntimeException e) {
            LOG.error("graphs of {} could not be looked at", folder, e);
        }
    }

    private void take(Map<String, String> files) {
        taken = files;
        unreadable = "";
        GraphTexts.State state = texts.read(files);
        feed.take(state.definitions(), state.unread());
    }
}
