package io.dhara.sessionizer.operator;

import static java.util.Objects.requireNonNull;

import io.dhara.core.interaction.Interaction;
import io.dhara.flink.operator.EventClock;
import io.dhara.sessionizer.event.UserEvent;
import io.dhara.sessionizer.session.Arrivals;
import io.dhara.sessionizer.session.ClosedSession;
import io.dhara.sessionizer.session.Erasure;
import io.dhara.sessionizer.session.GrowingClock;
import io.dhara.sessionizer.session.PendingEvents;
import io.dhara.sessionizer.session.PendingEvents.Cut;
import io.dhara.sessionizer.session.SessionEvent;
import io.dhara.sessionizer.session.SessionRules;
import io.dhara.sessionizer.session.UserState;
import io.dhara.sessionizer.session.UserWork;
import io.dhara.sessionizer.tier.SessionizerMetrics;
import io.dhara.sessionizer.tier.TierClient;
import io.dhara.sessionizer.tier.UserStates;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.jspecify.annotations.Nullable;

/**
 * Every user's state and timer: asks the domain, stores what it says, hands the rest to the tiers.
 * State first and tiers last in each method, as the tiers may turn to another user.
 */
final class SessionizeUsers implements UserStates {
    private final SessionizeState state;
    private final InternalTimerService<VoidNamespace> timers;
    private final SessionRules rules;
    private final EventClock clock;
    private final GrowingClock numbers;
    private final SessionizerMetrics metrics;
    private final Set<String> flagged = new HashSet<>();
    private @Nullable TierClient tiers;
    private volatile int open;

    SessionizeUsers(
            SessionizeState state,
            InternalTimerService<VoidNamespace> timers,
            SessionRules rules,
            EventClock clock,
            GrowingClock numbers,
            SessionizerMetrics metrics) {
        this.state = state;
        this.timers = timers;
        this.rules = rules;
        this.clock = clock;
        this.numbers = numbers;
        this.metrics = metrics;
    }

    /** Takes up what a checkpoint holds: unfinished flushes, and adds that may not have arrived. */
    void start(TierClient client) {
        tiers = client;
        open = state.usersWithPending().size();
        for (String userId : state.usersUnacknowledged()) {
            flagged.add(userId);
            client.readd(userId);
        }
        for (String userId : state.usersWithWork()) {
            state.key(userId);
            client.flush(userId, state.work().size());
        }
    }

    /** Users with an open session. */
    int open() {
        return open;
    }

    /** New events of a user, in any order. */
    void arrive(String userId, List<UserEvent> events) {
        TierClient client = requireNonNull(tiers, "tiers is null");
        state.key(userId);
        UserState before = state.user();
        UserState user = before;
        List<UserWork> work = new ArrayList<>(0);
        long erasure = erasure(events);
        if (erasure > user.erasedThroughMillis()) {
            user = erase(user, erasure);
            work.add(new Erasure(erasure));
        }
        Arrivals arrivals =
                Arrivals.judge(rules, clock.millis(), user, sessionEvents(events), state::pending);
        metrics.duplicates.inc(arrivals.duplicates());
        metrics.late.inc(arrivals.lateEvents());
        metrics.erased.inc(arrivals.erased());

        boolean wasOpen = user.hasPending();
        List<Interaction> toAdd = new ArrayList<>();
        boolean touched = false;
        if (!arrivals.pending().isEmpty()) {
            touched = true;
            user = user.append(rules, arrivals.pending());
            state.appendPending(arrivals.pending());
            addStored(userId, arrivals.pending(), toAdd);
        }
        for (ClosedSession late : arrivals.late()) {
            List<Interaction> stored = late.stored(userId);
            // of a late app-open alone nobody can say whether it is a replay
            if (!stored.isEmpty()) {
                touched = true;
                work.add(late);
                toAdd.addAll(stored);
            }
        }
        boolean ofFormerAttempt = wasOpen && !numbers.isOwn(user.epoch());
        if (touched && (!wasOpen || ofFormerAttempt)) {
            user = user.withEpoch(numbers.next());
        }
        if (!work.isEmpty()) {
            state.appendWork(work);
        }
        countOpen(before, user);
        store(before, withTimer(user));

        if (touched && ofFormerAttempt) {
            client.readd(userId);
        } else if (touched) {
            client.add(userId, user.epoch(), wasOpen, toAdd);
        }
        if (!work.isEmpty()) {
            client.flush(userId, work.size());
        }
    }

    private static long erasure(List<UserEvent> events) {
        long through = UserState.NEVER;
        for (UserEvent event : events) {
            if (event.kind() == UserEvent.Kind.ERASE) {
                through = Math.max(through, event.interaction().eventTimeMillis());
            }
        }
        return through;
    }

    private UserState erase(UserState user, long through) {
        List<SessionEvent> rest =
                state.pending().stream().filter(e -> e.eventTimeMillis() > through).toList();
        Cut cut = PendingEvents.of(rest).close(rules, UserState.NEVER);
        state.pending(cut.open());
        return user.erased(through).cut(rules, cut);
    }

    private static List<SessionEvent> sessionEvents(List<UserEvent> events) {
        List<SessionEvent> all = new ArrayList<>(events.size());
        for (UserEvent event : events) {
            if (event.kind() != UserEvent.Kind.ERASE) {
                all.add(
                        SessionEvent.of(
                                event.kind() == UserEvent.Kind.STORED, event.interaction()));
            }
        }
        return all;
    }

    private static void addStored(String userId, List<SessionEvent> events, List<Interaction> to) {
        for (SessionEvent event : events) {
            if (event.stored()) {
                to.add(event.toInteraction(userId));
            }
        }
    }

    /** The user's timer fired. */
    void due(String userId) {
        state.key(userId);
        UserState before = state.user();
        UserState user = before.withTimer(UserState.NO_TIMER);
        if (user.hasPending()) {
            if (user.closeMillis() <= clock.millis()) {
                look(userId, before, user, false);
                return;
            }
        } else if (user.forgetMillis(rules) <= clock.millis()) {
            if (requireNonNull(tiers, "tiers is null").hasWork(userId)) {
                // forgotten when the work is done
                store(before, user);
            } else {
                state.clearUser();
            }
            return;
        }
        store(before, withTimer(user));
    }

    /** Closes everything of a user: the job ends. */
    void closeAll(String userId) {
        state.key(userId);
        UserState user = state.user();
        look(userId, user, user, true);
    }

    private void look(String userId, UserState before, UserState user, boolean all) {
        PendingEvents pending = PendingEvents.of(state.pending());
        Cut cut =
                all
                        ? pending.closeAll(rules, clock.millis())
                        : pending.close(rules, clock.millis());
        metrics.duplicates.inc(pending.duplicates());
        if (!cut.closed().isEmpty() || pending.duplicates() > 0) {
            state.pending(cut.open());
        }
        if (!cut.closed().isEmpty()) {
            state.appendWork(cut.closed());
        }
        UserState after = user.cut(rules, cut);
        countOpen(before, after);
        store(before, withTimer(after));
        if (!cut.closed().isEmpty()) {
            requireNonNull(tiers, "tiers is null").flush(userId, cut.closed().size());
        }
    }

    private void countOpen(UserState before, UserState after) {
        if (!before.hasPending() && after.hasPending()) {
            open++;
            metrics.sessionsOpened.inc();
        } else if (before.hasPending() && !after.hasPending()) {
            open--;
        }
    }

    /** One timer a user; a later one is registered when it fires too early. */
    private UserState withTimer(UserState user) {
        long due = user.dueMillis(rules);
        if (due == UserState.NEVER || due >= user.timerMillis()) {
            return user;
        }
        deleteTimer(user);
        timers.registerEventTimeTimer(VoidNamespace.INSTANCE, due);
        return user.withTimer(due);
    }

    private void deleteTimer(UserState user) {
        if (user.timerMillis() != UserState.NO_TIMER) {
            timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, user.timerMillis());
        }
    }

    private void store(UserState before, UserState after) {
        if (!after.equals(before)) {
            state.user(after);
        }
    }

    @Override
    public boolean isOpen(String userId) {
        state.key(userId);
        return state.user().hasPending();
    }

    @Override
    public long epoch(String userId) {
        state.key(userId);
        return state.user().epoch();
    }

    @Override
    public long ownEpoch(String userId) {
        state.key(userId);
        UserState user = state.user();
        return numbers.isOwn(user.epoch()) ? user.epoch() : renewed(user);
    }

    @Override
    public long newEpoch(String userId) {
        state.key(userId);
        return renewed(state.user());
    }

    private long renewed(UserState user) {
        long epoch = numbers.next();
        state.user(user.withEpoch(epoch));
        return epoch;
    }

    @Override
    public List<Interaction> unflushed(String userId) {
        state.key(userId);
        List<Interaction> all = new ArrayList<>();
        addStored(userId, state.pending(), all);
        for (UserWork work : state.work()) {
            if (work instanceof ClosedSession session) {
                all.addAll(session.stored(userId));
            }
        }
        return all;
    }

    @Override
    public @Nullable UserWork firstWork(String userId) {
        state.key(userId);
        List<UserWork> work = state.work();
        return work.isEmpty() ? null : work.get(0);
    }

    @Override
    public void firstWorkDone(String userId) {
        state.key(userId);
        List<UserWork> work = state.work();
        state.work(work.subList(1, work.size()));
        UserState user = state.user();
        if (work.size() == 1 && !user.hasPending() && user.forgetMillis(rules) <= clock.millis()) {
            deleteTimer(user);
            state.clearUser();
        }
    }

    @Override
    public List<String> unflushedUsers() {
        return state.unflushedUsers();
    }

    List<String> openUsers() {
        return state.usersWithPending();
    }

    /** At a checkpoint: whose adds are to be repeated after a restart. */
    void flagUnacknowledged() {
        Set<String> now = new HashSet<>();
        requireNonNull(tiers, "tiers is null").unacknowledged().forEach(now::add);
        for (String userId : now) {
            if (flagged.add(userId)) {
                state.key(userId);
                state.unacknowledged(true);
            }
        }
        flagged.removeIf(
                userId -> {
                    if (now.contains(userId)) {
                        return false;
                    }
                    state.key(userId);
                    state.unacknowledged(false);
                    return true;
                });
    }
}
