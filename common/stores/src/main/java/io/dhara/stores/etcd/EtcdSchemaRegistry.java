package io.dhara.stores.etcd;

import static java.util.Objects.requireNonNull;

import io.dhara.core.registry.InvalidSchemasException;
import io.dhara.core.registry.SchemaMerge;
import io.dhara.core.registry.SchemaProblem;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.core.registry.SnapshotFeed;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Schemas from etcd. Everything below the base is read at one revision and watched from the next
 * one on, so that no change falls between (B44). A watch that ends, for compaction or any other
 * reason, is begun again with a new reading, after a pause that grows (B45); a full reading at an
 * interval makes up for a watch that only seems alive.
 *
 * <p>A control plane writes one change key by key. Changes are therefore looked at when they have
 * settled, and through {@link SchemaMerge}: an entity or group that is not complete, not valid, or
 * would make stored blocks unreadable keeps its last good form, and holds nobody else up.
 *
 * <p>All state is owned by one thread; readers see the current snapshot through a volatile field.
 */
public final class EtcdSchemaRegistry implements SchemaRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdSchemaRegistry.class);
    private static final Duration REFRESH_PAUSE = Duration.ofMillis(100);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);

    private final EtcdConfig config;
    private final EtcdClient client;
    private final Optional<LastGoodFile> lastGood;
    private final ScheduledExecutorService thread;
    private final SnapshotFeed feed;
    private final IncrementalLayout layout;

    private Map<String, String> keys = new HashMap<>();
    private long revision;
    private long readRevision;
    private Watch.@Nullable Watcher watcher;
    private long watchNumber;
    private long backoffMillis = FIRST_BACKOFF.toMillis();
    private long firstUnsettledNanos;
    private @Nullable Future<?> settling;
    private boolean beginningAgain;
    private long refreshedNanos;
    private volatile boolean closed;

    private EtcdSchemaRegistry(EtcdConfig config) {
        this.config = config;
        this.client = new EtcdClient(config);
        this.layout = new IncrementalLayout(config.base());
        this.lastGood =
                config.lastGoodFile().isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                new LastGoodFile(Path.of(config.lastGoodFile()), config.base()));
        this.thread =
                Executors.newSingleThreadScheduledExecutor(
                        runnable -> {
                            Thread created = new Thread(runnable, "schemas-of-etcd");
                            created.setDaemon(true);
                            return created;
                        });
        SchemaSnapshot first = lastGood.flatMap(LastGoodFile::load).orElse(SchemaSnapshot.EMPTY);
        this.feed = new SnapshotFeed(config.toString(), thread, first);
    }

    /**
     * Reads the schemas and follows them from then on. Without etcd it starts with the last good
     * snapshot on disk, and follows etcd as soon as it is back.
     *
     * @throws EtcdUnavailableException if etcd cannot be read and there is none on disk
     */
    public static EtcdSchemaRegistry open(EtcdConfig config) {
        EtcdSchemaRegistry registry =
                new EtcdSchemaRegistry(requireNonNull(config, "config is null"));
        try {
            registry.thread.submit(registry::begin).get();
        } catch (InterruptedException e) {
            registry.close();
            Thread.currentThread().interrupt();
            throw new EtcdUnavailableException("interrupted while reading " + config, e);
        } catch (ExecutionException e) {
            registry.close();
            if (e.getCause() instanceof EtcdUnavailableException unavailable) {
                throw unavailable;
            }
            throw new IllegalStateException("cannot follow " + config, e.getCause());
        }
        return registry;
    }

    /**
     * The schemas in etcd now, without following them.
     *
     * @throws EtcdUnavailableException if etcd cannot be read
     * @throws InvalidSchemasException if they are not complete and valid
     */
    public static SchemaSnapshot readOnce(EtcdConfig config) {
        try (EtcdClient client = new EtcdClient(config)) {
            return snapshotOf(config, client.readAll());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EtcdUnavailableException("interrupted while reading " + config, e);
        }
    }

    /**
     * The schemas that a reading holds.
     *
     * @throws InvalidSchemasException if they are not complete and valid
     */
    public static SchemaSnapshot snapshotOf(EtcdConfig config, EtcdClient.Keys read) {
        SchemaMerge.Result result =
                SchemaMerge.merge(
                        SchemaSnapshot.EMPTY,
                        new IncrementalLayout(config.base()).parse(read.revision(), read.values()));
        if (!result.problems().isEmpty()) {
            throw new InvalidSchemasException(config.toString(), result.problems());
        }
        return result.snapshot();
    }

    @Override
    public SchemaSnapshot current() {
        return feed.current();
    }

    /** Reads etcd now; at most one reading in 100 ms. */
    @Override
    public SchemaSnapshot refresh() {
        return feed.refresh(this::refreshNow);
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
        if (!closed) {
            closed = true;
            thread.shutdownNow();
            client.close();
        }
    }

    private @Nullable Void begin() throws InterruptedException {
        try {
            readAndWatch();
        } catch (EtcdUnavailableException e) {
            if (feed.current().revision() == 0) {
                throw e;
            }
            beginAgainLater(e.getMessage());
        }
        long nanos = config.resync().toNanos();
        thread.scheduleWithFixedDelay(this::resync, nanos, nanos, TimeUnit.NANOSECONDS);
        return null;
    }

    private void readAndWatch() throws InterruptedException {
        stopWatching();
        take(client.readAll());
        look();
        long number = ++watchNumber;
        watcher =
                client.jetcd()
                        .getWatchClient()
                        .watch(
                                EtcdClient.bytes(config.base() + "/"),
                                WatchOption.builder()
                                        .isPrefix(true)
                                        .withRevision(revision + 1)
                                        .withRequireLeader(true)
                                        .build(),
                                new OnWatch(number));
        backoffMillis = FIRST_BACKOFF.toMillis();
    }

    /** Events of a watch, handed to the registry's thread; those of an ended watch are dropped. */
    private final class OnWatch implements Watch.Listener {
        private final long number;

        OnWatch(long number) {
            this.number = number;
        }

        @Override
        public void onNext(WatchResponse response) {
            onThread(() -> apply(response));
        }

        @Override
        public void onError(Throwable cause) {
            onThread(() -> beginAgainLater("watch ended: " + cause));
        }

        @Override
        public void onCompleted() {
            onThread(() -> beginAgainLater("watch was closed by etcd"));
        }

        private void onThread(Runnable action) {
            if (closed) {
                return;
            }
            try {
                thread.execute(
                        () -> {
                            if (number == watchNumber) {
                                action.run();
                            }
                        });
            } catch (RejectedExecutionException e) {
                LOG.debug("an event of {} came after the end", config, e);
            }
        }
    }

    private void apply(WatchResponse response) {
        for (WatchEvent event : response.getEvents()) {
            if (event.getKeyValue().getModRevision() <= readRevision) {
                continue; // A full reading since the watch began has it already.
            }
            String key = EtcdClient.text(event.getKeyValue().getKey());
            if (event.getEventType() == WatchEvent.EventType.DELETE) {
                keys.remove(key);
            } else {
                keys.put(key, EtcdClient.text(event.getKeyValue().getValue()));
            }
        }
        revision = Math.max(revision, response.getHeader().getRevision());
        settle();
    }

    /** Looks when nothing has changed for a while, or has been changing for too long. */
    private void settle() {
        long now = System.nanoTime();
        if (settling == null) {
            firstUnsettledNanos = now;
        } else {
            settling.cancel(false);
        }
        long waited = now - firstUnsettledNanos;
        long delay =
                Math.max(
                        0,
                        Math.min(config.settle().toNanos(), config.maxSettle().toNanos() - waited));
        settling = thread.schedule(this::look, delay, TimeUnit.NANOSECONDS);
    }

    private void look() {
        settling = null;
        SchemaSnapshot before = feed.current();
        SchemaMerge.Result next;
        try {
            next = SchemaMerge.merge(before, layout.parse(revision, keys));
        } catch (RuntimeException e) {
            LOG.error("schemas of {} at revision {} could not be looked at", config, revision, e);
            feed.report("schemas at revision " + revision + " could not be looked at: " + e);
            return;
        }
        feed.publish(next.snapshot());
        if (feed.current() != before) {
            lastGood.ifPresent(file -> file.save(feed.current()));
        }
        feed.report(
                String.join("\n", next.problems().stream().map(SchemaProblem::toString).toList()));
    }

    /** A full reading; a difference that the watch did not tell is taken and the watch renewed. */
    private void resync() {
        if (watcher == null) {
            return;
        }
        try {
            EtcdClient.Keys read = client.readAll();
            if (read.revision() < revision || !read.values().equals(keys)) {
                LOG.info("{} has changes that the watch did not tell; watching anew", config);
                readAndWatch();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (EtcdUnavailableException e) {
            beginAgainLater(e.getMessage());
        }
    }

    private @Nullable Void refreshNow() throws InterruptedException {
        if (System.nanoTime() - refreshedNanos < REFRESH_PAUSE.toNanos()) {
            return null;
        }
        refreshedNanos = System.nanoTime();
        try {
            EtcdClient.Keys read = client.readAll();
            if (read.revision() >= revision) {
                take(read);
                look();
            }
        } catch (EtcdUnavailableException e) {
            feed.report(e.getMessage());
        }
        return null;
    }

    private void take(EtcdClient.Keys read) {
        keys = new HashMap<>(read.values());
        revision = read.revision();
        readRevision = revision;
    }

    private void beginAgainLater(String why) {
        stopWatching();
        feed.report(why);
        if (closed || beginningAgain) {
            return;
        }
        beginningAgain = true;
        long delay = ThreadLocalRandom.current().nextLong(backoffMillis / 2, backoffMillis + 1);
        backoffMillis = Math.min(backoffMillis * 2, config.maxBackoff().toMillis());
        thread.schedule(this::beginAgain, delay, TimeUnit.MILLISECONDS);
    }

    private void beginAgain() {
        beginningAgain = false;
        try {
            readAndWatch();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (EtcdUnavailableException e) {
            beginAgainLater(e.getMessage());
        }
    }

    private void stopWatching() {
        watchNumber++;
        Watch.Watcher ended = watcher;
        watcher = null;
        if (ended != null) {
            ended.close();
        }
    }
}
