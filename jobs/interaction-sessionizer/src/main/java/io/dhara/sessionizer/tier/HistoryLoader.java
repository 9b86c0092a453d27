package io.dhara.sessionizer.tier;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionType;
import io.dhara.core.interaction.InteractionWindow;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.interaction.TypeInteractions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completes the hot keys of users with an open session: reads the newest of each type from the cold
 * tier, adds everything of the user that may not be there yet, and marks the keys hot. So hot means
 * complete, whatever the keys held or had lost before. Never holds the stream back: meanwhile
 * readers unite both tiers.
 */
final class HistoryLoader {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryLoader.class);

    private final Tiers tiers;
    private final UserStates users;
    private final HotFeed feed;
    private final TaskThread task;
    private final TierLimits limits;
    private final SessionizerMetrics metrics;
    private final List<InteractionType> types;
    private final int hotLimit;
    private final LinkedHashSet<String> waiting = new LinkedHashSet<>();
    private final Set<String> active = new HashSet<>();

    HistoryLoader(
            Tiers tiers,
            UserStates users,
            HotFeed feed,
            TaskThread task,
            TierLimits limits,
            SessionizerMetrics metrics) {
        this.tiers = tiers;
        this.users = users;
        this.feed = feed;
        this.task = task;
        this.limits = limits;
        this.metrics = metrics;
        this.types = tiers.types().stored();
        this.hotLimit = types.stream().mapToInt(InteractionType::hotLimit).max().orElse(1);
    }

    /** The user's keys are not complete. */
    void want(String userId) {
        if (!active.contains(userId) && !waiting.contains(userId) && users.isOpen(userId)) {
            waiting.add(userId);
            dispatch();
        }
    }

    private void dispatch() {
        while (active.size() < limits.loads() && !waiting.isEmpty()) {
            String userId = waiting.iterator().next();
            waiting.remove(userId);
            active.add(userId);
            read(userId, 0);
        }
    }

    private void read(String userId, int failures) {
        if (!users.isOpen(userId)) {
            end(userId);
            return;
        }
        long epoch = users.ownEpoch(userId);
        long now = task.nowMillis();
        InteractionQuery query =
                new InteractionQuery(
                        types,
                        InteractionWindow.oldestMillis(now),
                        InteractionWindow.newestMillis(now),
                        hotLimit);
        Instant deadline = Instant.ofEpochMilli(now).plus(limits.requestTimeout());
        task.call(
                () -> tiers.history().read(userId, query, deadline),
                lists -> loaded(userId, epoch, lists, failures),
                failure -> failed(userId, failure, failures));
    }

    private void loaded(String userId, long epoch, List<TypeInteractions> lists, int failures) {
        if (!users.isOpen(userId)) {
            end(userId);
            return;
        }
        if (users.epoch(userId) != epoch) {
            read(userId, failures);
            return;
        }
        List<Interaction> all = new ArrayList<>();
        for (TypeInteractions list : lists) {
            if (!list.complete()) {
                // readers go on asking the cold tier, which says so to them
                metrics.incompleteLoads.inc();
                end(userId);
                return;
            }
            all.addAll(list.interactions());
        }
        all.addAll(users.unflushed(userId));
        task.call(
                () -> tiers.hot().load(userId, epoch, all),
                taken -> {
                    metrics.loads.inc();
                    end(userId);
                    if (!taken) {
                        refused(userId);
                    }
                },
                failure -> failed(userId, failure, failures));
    }

    /** It was hot already, or the keys are of another epoch or gone: an add of nothing tells. */
    private void refused(String userId) {
        metrics.refusedLoads.inc();
        task.retry(
                1,
                () -> {
                    if (users.isOpen(userId)) {
                        feed.add(userId, users.ownEpoch(userId), false, List.of(), null);
                        feed.dispatch();
                    }
                });
    }

    private void failed(String userId, Throwable failure, int failures) {
        metrics.retries.inc();
        if (failures == 0) {
            LOG.warn("history could not be loaded, retrying with backoff: {}", failure.toString());
        }
        task.retry(failures + 1, () -> read(userId, failures + 1));
    }

    private void end(String userId) {
        active.remove(userId);
        dispatch();
    }
}
