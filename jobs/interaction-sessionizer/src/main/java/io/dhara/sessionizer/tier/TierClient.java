package io.dhara.sessionizer.tier;

import static java.util.Objects.requireNonNull;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionType;
import io.dhara.sessionizer.session.GrowingClock;
import io.dhara.stores.write.interaction.HotTierWriter.Added;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.jspecify.annotations.Nullable;

/**
 * One subtask's work in the tiers: what the operator decides, done, and done again until it
 * succeeds. On the task's thread; nothing here waits.
 */
public final class TierClient implements AutoCloseable {
    private final Tiers tiers;
    private final UserStates users;
    private final HotFeed feed;
    private final HistoryLoader loader;
    private final Flusher flusher;
    private final TierWatch watch;
    private final Runnable progressed;
    private final Map<String, Integer> hotLimits = new HashMap<>();

    /**
     * @param tiers closed with the client
     * @param progressed told when there may be room again
     */
    public TierClient(
            Tiers tiers,
            UserStates users,
            MailboxExecutor mailbox,
            ProcessingTimeService time,
            TierLimits limits,
            GrowingClock numbers,
            RandomGenerator random,
            Runnable progressed,
            SessionizerMetrics metrics) {
        this.tiers = requireNonNull(tiers, "tiers is null");
        this.users = requireNonNull(users, "users is null");
        this.progressed = requireNonNull(progressed, "progressed is null");
        TaskThread task = new TaskThread(mailbox, time, limits, random);
        this.feed = new HotFeed(tiers.hot(), task, limits, this::added, metrics);
        this.loader = new HistoryLoader(tiers, users, feed, task, limits, metrics);
        this.flusher =
                new Flusher(
                        tiers,
                        users,
                        feed,
                        task,
                        limits,
                        numbers,
                        this::readdNow,
                        this::flushProgressed,
                        metrics);
        this.watch = new TierWatch(tiers, users, feed, task, limits, this::readd, metrics);
        for (InteractionType type : tiers.types().stored()) {
            hotLimits.put(type.name(), type.hotLimit());
        }
    }

    /** Looks whether the hot tier is whole, and begins. */
    public void start() {
        watch.start();
    }

    /**
     * New interactions of a user; {@link #dispatch} sends them.
     *
     * @param continues whether the user's session was open before, under this epoch
     */
    public void add(String userId, long epoch, boolean continues, List<Interaction> interactions) {
        boolean acknowledged =
                continues
                        && !watch.isRebuilding()
                        && !feed.isOutstanding(userId)
                        && !flusher.hasWork(userId);
        feed.add(userId, epoch, acknowledged, interactions, null);
    }

    /** Adds everything of a user that may not be in the cold tier. */
    public void readd(String userId) {
        readd(userId, null);
    }

    private void readdNow(String userId) {
        readd(userId, null);
        feed.dispatch();
    }

    private void readd(String userId, @Nullable Runnable settled) {
        List<Interaction> interactions = users.unflushed(userId);
        boolean nothing = interactions.isEmpty() && !users.isOpen(userId);
        if (nothing || flusher.isClosing(userId)) {
            if (settled != null) {
                settled.run();
            }
            return;
        }
        feed.add(userId, users.ownEpoch(userId), false, newest(interactions), settled);
    }

    /** Of each type as many as the hot tier keeps. */
    private List<Interaction> newest(List<Interaction> interactions) {
        List<Interaction> sorted = new ArrayList<>(interactions);
        sorted.sort(Interaction.NEWEST_FIRST);
        Map<String, Integer> taken = new HashMap<>();
        sorted.removeIf(
                interaction ->
                        taken.merge(interaction.type(), 1, Integer::sum)
                                > hotLimits.getOrDefault(interaction.type(), 0));
        return sorted;
    }

    public void dispatch() {
        feed.dispatch();
    }

    /** So much work was appended to the user's. */
    public void flush(String userId, int count) {
        flusher.flush(userId, count);
    }

    public boolean hasWork(String userId) {
        return flusher.hasWork(userId);
    }

    /** Whether the stream is to wait. */
    public boolean isFull() {
        return feed.isFull() || flusher.isFull();
    }

    /** Whether all work is done. */
    public boolean isIdle() {
        return flusher.isIdle();
    }

    /** Users of whom the hot tier may not have everything that it was sent. */
    public Iterable<String> unacknowledged() {
        return feed.outstanding();
    }

    private void added(String userId, long epoch, Added answer) {
        switch (answer) {
            case HOT -> {}
            case LOADING -> loader.want(userId);
            case LOST -> {
                readd(userId, null);
                loader.want(userId);
                watch.look();
            }
        }
        watch.pump();
        progressed.run();
    }

    private void flushProgressed() {
        watch.pump();
        progressed.run();
    }

    @Override
    public void close() {
        tiers.close();
    }
}
