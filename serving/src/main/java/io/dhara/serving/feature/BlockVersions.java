package io.dhara.serving.feature;

import static java.util.Objects.requireNonNull;

import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.core.registry.SchemaSnapshot;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the schema versions of stored blocks. A writer may have seen a new version before this
 * process did: then the registry is asked to look again, on a thread of its own, at most once a
 * second and for all waiting requests together. Thread-safe.
 */
final class BlockVersions implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BlockVersions.class);
    private static final long RETRY_MILLIS = 1_000;

    private final SchemaRegistry registry;
    private final Clock clock;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    task -> {
                        Thread worker = new Thread(task, "schema-refresh");
                        worker.setDaemon(true);
                        return worker;
                    });
    private final Object lock = new Object();
    private @Nullable CompletableFuture<SchemaSnapshot> running;
    private long lastAsked = Long.MIN_VALUE / 2;

    BlockVersions(SchemaRegistry registry, Clock clock) {
        this.registry = requireNonNull(registry, "registry is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * The version of this number as the group itself or, when it does not know it, as the newest
     * snapshot has it; null when neither does.
     */
    static @Nullable SchemaVersion find(
            FeatureGroupSchema group, int number, SchemaSnapshot newest) {
        SchemaVersion known = group.version(number);
        if (known != null) {
            return known;
        }
        EntitySchema entity = newest.entity(group.entity());
        FeatureGroupSchema later = entity == null ? null : entity.group(group.label());
        return later == null || later.id() != group.id() || later.dataType() != group.dataType()
                ? null
                : later.version(number);
    }

    /**
     * A snapshot in which the versions of all these reads can be found, as far as the registry
     * knows them. Completed at once, on the caller's thread, unless the registry has to be asked.
     */
    CompletionStage<SchemaSnapshot> snapshotFor(ReadPlan plan, GroupRead[] reads) {
        if (knowsAll(plan, reads, plan.snapshot())) {
            return CompletableFuture.completedFuture(plan.snapshot());
        }
        SchemaSnapshot current = registry.current();
        if (knowsAll(plan, reads, current)) {
            return CompletableFuture.completedFuture(current);
        }
        synchronized (lock) {
            if (running != null) {
                return running;
            }
            long now = clock.millis();
            if (now - lastAsked < RETRY_MILLIS) {
                return CompletableFuture.completedFuture(current);
            }
            lastAsked = now;
            // Handed out is the stage after done(): whoever has its answer finds no running one.
            CompletableFuture<SchemaSnapshot> asked =
                    CompletableFuture.supplyAsync(this::refresh, thread)
                            .whenComplete((snapshot, failure) -> done());
            running = asked.isDone() ? null : asked;
            return asked;
        }
    }

    private SchemaSnapshot refresh() {
        try {
            return registry.refresh();
        } catch (RuntimeException e) {
            LOG.warn("Registry could not be asked for an unknown schema version", e);
            return registry.current();
        }
    }

    private void done() {
        synchronized (lock) {
            running = null;
        }
    }

    private static boolean knowsAll(ReadPlan plan, GroupRead[] reads, SchemaSnapshot newest) {
        int width = plan.groups().size();
        for (int i = 0; i < reads.length; i++) {
            if (reads[i].outcome() == GroupRead.Outcome.STORED
                    && find(plan.groups().get(i % width).schema(), reads[i].schemaVersion(), newest)
                            == null) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
