package io.dhara.stores.etcd;

import static java.util.Objects.requireNonNull;

import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows everything below a base in etcd: reads it at one revision and watches from the next one
 * on, so that no change falls between. A watch that ends, for compaction or any other reason, is
 * begun again with a new reading, after a pause that grows; a full reading at an interval makes up
 * for a watch that only seems alive. A deleted key is that key and no other.
 *
 * <p>Changes are told when they have settled. All of it, and the listener, run on one thread.
 */
public final class EtcdFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdFollower.class);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);

    private final EtcdConfig config;
    private final EtcdClient client;
    private final ScheduledExecutorService thread;
    private Listener listener = Listener.NONE;

    private Map<String, String> keys = new HashMap<>();
    private long revision;
    private long readRevision;
    private Watch.@Nullable Watcher watcher;
    private long watchNumber;
    private long backoffMillis = FIRST_BACKOFF.toMillis();
    private long firstUnsettledNanos;
    private @Nullable Future<?> settling;
    private boolean beginningAgain;
    private volatile boolean closed;

    /** Hears of changes, on the follower's thread. */
    public interface Listener {
        /** Before the start. */
        Listener NONE =
                new Listener() {
                    @Override
                    public void changed(long revision, Map<String, String> keys) {}

                    @Override
                    public void lost(String why) {}
                };

        /**
         * What is below the base, once at the start and after changes.
         *
         * @param keys by full key; valid during the call
         */
        void changed(long revision, Map<String, String> keys);

        /** Etcd cannot be followed for now; {@link #changed} ends it. */
        void lost(String why);
    }

    /**
     * Connects with {@link #start}.
     *
     * @param threadName of the one thread it has
     */
    public EtcdFollower(EtcdConfig config, String threadName) {
        this.config = requireNonNull(config, "config is null");
        this.client = new EtcdClient(config);
        this.thread =
                Executors.newSingleThreadScheduledExecutor(
                        runnable -> {
                            Thread created = new Thread(runnable, threadName);
                            created.setDaemon(true);
                            return created;
                        });
    }

    /**
     * Reads, tells the listener and follows from then on.
     *
     * @param needed whether etcd must be there; otherwise it is followed as soon as it is
     * @throws EtcdUnavailableException if etcd is needed and cannot be read; this is closed then
     */
    public void start(Listener toTell, boolean needed) {
        requireNonNull(toTell, "listener is null");
        try {
            thread.submit(() -> begin(toTell, needed)).get();
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new EtcdUnavailableException("interrupted while reading " + config, e);
        } catch (ExecutionException e) {
            close();
            if (e.getCause() instanceof EtcdUnavailableException unavailable) {
                throw unavailable;
            }
            throw new IllegalStateException("cannot follow " + config, e.getCause());
        }
    }

    /** The follower's thread. */
    public Executor thread() {
        return thread;
    }

    /**
     * Reads etcd now and tells what is there; an older state than the one told is let be. On the
     * follower's thread only.
     */
    public void look() throws InterruptedException {
        try {
            EtcdClient.Keys read = client.readAll();
            if (read.revision() >= revision) {
                take(read);
                tell();
            }
        } catch (EtcdUnavailableException e) {
            listener.lost(String.valueOf(e.getMessage()));
        }
    }

    /** Runs on the follower's thread; let be after the end. */
    public void execute(Runnable action) {
        if (closed) {
            return;
        }
        try {
            thread.execute(action);
        } catch (RejectedExecutionException e) {
            LOG.debug("an action on {} came after the end", config, e);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            thread.shutdownNow();
            client.close();
        }
    }

    private @Nullable Void begin(Listener toTell, boolean needed) throws InterruptedException {
        listener = toTell;
        try {
            readAndWatch();
        } catch (EtcdUnavailableException e) {
            if (needed) {
                throw e;
            }
            beginAgainLater(String.valueOf(e.getMessage()));
        }
        long nanos = config.resync().toNanos();
        thread.scheduleWithFixedDelay(this::resync, nanos, nanos, TimeUnit.NANOSECONDS);
        return null;
    }

    private void readAndWatch() throws InterruptedException {
        stopWatching();
        take(client.readAll());
        tell();
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

    /** Events of a watch, handed to the follower's thread; those of an ended watch are dropped. */
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
            execute(
                    () -> {
                        if (number == watchNumber) {
                            action.run();
                        }
                    });
        }
    }

    private void take(EtcdClient.Keys read) {
        keys = new HashMap<>(read.values());
        revision = read.revision();
        readRevision = revision;
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

    /** Tells when nothing has changed for a while, or has been changing for too long. */
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
        settling = thread.schedule(this::tell, delay, TimeUnit.NANOSECONDS);
    }

    private void tell() {
        settling = null;
        try {
            listener.changed(revision, keys);
        } catch (RuntimeException e) {
            LOG.error("{} at revision {} could not be looked at", config, revision, e);
            listener.lost("revision " + revision + " could not be looked at: " + e);
        }
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
            beginAgainLater(String.valueOf(e.getMessage()));
        }
    }

    private void beginAgainLater(String why) {
        stopWatching();
        listener.lost(why);
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
            beginAgainLater(String.valueOf(e.getMessage()));
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
