package io.dhara.sessionizer.tier;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the hot tier was lost, also while users are idle, and fills it again from the job's
 * state: every user with pending events or an unfinished flush. Readers trust the tier again after
 * that.
 */
final class TierWatch {
    private static final Logger LOG = LoggerFactory.getLogger(TierWatch.class);

    /** Adds everything unflushed of a user again. */
    @FunctionalInterface
    interface Readd {
        void readd(String userId, Runnable settled);
    }

    private final Tiers tiers;
    private final UserStates users;
    private final HotFeed feed;
    private final TaskThread task;
    private final TierLimits limits;
    private final Readd readd;
    private final SessionizerMetrics metrics;
    private final ArrayDeque<String> toAdd = new ArrayDeque<>();

    /** Users whose addition is not acknowledged; a new one with every rebuild. */
    private Set<String> awaited = new HashSet<>();

    private boolean asking;
    private boolean rebuilding;
    private boolean establishing;
    private boolean started;
    private int failures;

    TierWatch(
            Tiers tiers,
            UserStates users,
            HotFeed feed,
            TaskThread task,
            TierLimits limits,
            Readd readd,
            SessionizerMetrics metrics) {
        this.tiers = tiers;
        this.users = users;
        this.feed = feed;
        this.task = task;
        this.limits = limits;
        this.readd = readd;
        this.metrics = metrics;
    }

    /** Looks now and from now on. */
    void start() {
        look();
        task.after(limits.watchInterval().toMillis(), this::start);
    }

    boolean isRebuilding() {
        return rebuilding;
    }

    /** Also while it is being filled: it may be lost once more. */
    void look() {
        if (!asking) {
            asking = true;
            task.call(() -> tiers.hot().isWhole(), this::answered, this::unanswered);
        }
    }

    private void answered(boolean whole) {
        asking = false;
        failures = 0;
        if (!whole) {
            rebuild();
        }
        if (!started) {
            // adds wait for the first answer: before it the writer has no generation
            started = true;
            feed.start();
        }
    }

    private void unanswered(Throwable failure) {
        asking = false;
        if (failures++ == 0) {
            LOG.warn("the hot tier cannot be asked whether it is whole: {}", failure.toString());
        }
        if (failure instanceof TimeoutException) {
            // a loss is told once, and this may have been the time
            rebuild();
        }
    }

    private void rebuild() {
        rebuilding = true;
        establishing = false;
        metrics.rebuilds.inc();
        awaited = new HashSet<>();
        toAdd.clear();
        toAdd.addAll(users.unflushedUsers());
        LOG.info("the hot tier is not whole, adding {} open sessions again", toAdd.size());
        pump();
    }

    /** Goes on when the feed has room. */
    void pump() {
        if (!rebuilding || establishing) {
            return;
        }
        Set<String> mine = awaited;
        while (!toAdd.isEmpty() && !feed.isFull()) {
            String userId = toAdd.poll();
            mine.add(userId);
            readd.readd(userId, () -> mine.remove(userId));
        }
        if (toAdd.isEmpty() && mine.isEmpty()) {
            establishing = true;
            task.call(
                    () -> tiers.hot().establish(),
                    done -> established(mine),
                    failure -> notEstablished(mine, failure));
        } else {
            feed.dispatch();
        }
    }

    private void established(Set<String> pass) {
        if (pass == awaited) {
            establishing = false;
            rebuilding = false;
            LOG.info("the hot tier is whole again");
        }
    }

    private void notEstablished(Set<String> pass, Throwable failure) {
        if (pass == awaited) {
            metrics.retries.inc();
            LOG.warn("the hot tier is filled but not established: {}", failure.toString());
            task.retry(
                    1,
                    () -> {
                        if (pass == awaited) {
                            establishing = false;
                            pump();
                        }
                    });
        }
    }
}
