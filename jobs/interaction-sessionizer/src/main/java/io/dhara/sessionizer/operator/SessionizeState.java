package io.dhara.sessionizer.operator;

import static io.dhara.flink.operator.StateAccess.read;
import static io.dhara.flink.operator.StateAccess.run;

import io.dhara.sessionizer.session.SessionEvent;
import io.dhara.sessionizer.session.UserState;
import io.dhara.sessionizer.session.UserWork;
import io.dhara.sessionizer.state.SessionEventSerializer;
import io.dhara.sessionizer.state.UserStateSerializer;
import io.dhara.sessionizer.state.UserWorkSerializer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.BooleanSerializer;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;

/** The keyed state; names and formats are what savepoints hold. Key: the user's id. */
final class SessionizeState {
    private static final String PENDING = "pending";
    private static final String WORK = "work";
    private static final String UNACKNOWLEDGED = "unacknowledged";

    private final KeyedStateBackend<String> backend;

    /** What is known of a user; cleared when nothing is pending or to be remembered; 50 bytes. */
    private final ValueState<UserState> user;

    /**
     * Events in no closed session, appended without reading; cleared when they are closed; at most
     * those of the longest session and of the lateness, some 20 bytes each.
     */
    private final ListState<SessionEvent> pending;

    /** Closed sessions until their flush is done, first first; some 20 bytes an event. */
    private final ListState<UserWork> work;

    /** Set while the hot tier had not acknowledged all at the last checkpoint; one byte. */
    private final ValueState<Boolean> unacknowledged;

    SessionizeState(KeyedStateStore store, KeyedStateBackend<String> backend) {
        this.backend = backend;
        this.user = store.getState(new ValueStateDescriptor<>("user", new UserStateSerializer()));
        this.pending =
                store.getListState(
                        new ListStateDescriptor<>(PENDING, new SessionEventSerializer()));
        this.work = store.getListState(new ListStateDescriptor<>(WORK, new UserWorkSerializer()));
        this.unacknowledged =
                store.getState(
                        new ValueStateDescriptor<>(UNACKNOWLEDGED, BooleanSerializer.INSTANCE));
    }

    /** All that follows is of this user. */
    void key(String userId) {
        backend.setCurrentKey(userId);
    }

    UserState user() {
        return read(
                () -> {
                    UserState value = user.value();
                    return value == null ? UserState.NEW : value;
                });
    }

    void user(UserState value) {
        run(() -> user.update(value));
    }

    void clearUser() {
        user.clear();
    }

    List<SessionEvent> pending() {
        return all(pending);
    }

    void appendPending(List<SessionEvent> events) {
        run(() -> pending.addAll(events));
    }

    void pending(List<SessionEvent> events) {
        run(() -> pending.update(events));
    }

    List<UserWork> work() {
        return all(work);
    }

    void appendWork(List<? extends UserWork> more) {
        run(() -> work.addAll(new ArrayList<UserWork>(more)));
    }

    void work(List<UserWork> rest) {
        run(() -> work.update(rest));
    }

    void unacknowledged(boolean is) {
        if (is) {
            run(() -> unacknowledged.update(true));
        } else {
            unacknowledged.clear();
        }
    }

    List<String> usersWithPending() {
        return users(PENDING);
    }

    List<String> usersWithWork() {
        return users(WORK);
    }

    List<String> usersUnacknowledged() {
        return users(UNACKNOWLEDGED);
    }

    List<String> unflushedUsers() {
        Set<String> users = new LinkedHashSet<>(usersWithPending());
        users.addAll(usersWithWork());
        return List.copyOf(users);
    }

    private List<String> users(String state) {
        try (Stream<String> keys = backend.getKeys(state, VoidNamespace.INSTANCE)) {
            return keys.toList();
        }
    }

    private static <T> List<T> all(ListState<T> state) {
        return read(
                () -> {
                    List<T> values = new ArrayList<>();
                    Iterable<T> stored = state.get();
                    if (stored != null) {
                        stored.forEach(values::add);
                    }
                    return values;
                });
    }
}
