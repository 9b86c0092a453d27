package io.dhara.sessionizer.session;

import static java.util.Objects.requireNonNull;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionIdentity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A session to which nothing is added any more.
 *
 * @param startMillis event time of the first event
 * @param endMillis event time of the last event
 * @param events one per identity, oldest first; never empty
 */
public record ClosedSession(
        CloseReason reason, long startMillis, long endMillis, List<SessionEvent> events)
        implements UserWork {

    public ClosedSession {
        requireNonNull(reason, "reason is null");
        events = List.copyOf(events);
        if (events.isEmpty()) {
            throw new IllegalArgumentException("a session must have at least one event");
        }
    }

    /**
     * @param events oldest first; of several with one identity the newest stays
     */
    static ClosedSession of(CloseReason reason, List<SessionEvent> events) {
        Map<InteractionIdentity, SessionEvent> newest = new LinkedHashMap<>();
        for (SessionEvent event : events) {
            InteractionIdentity identity = event.identity();
            newest.remove(identity);
            newest.put(identity, event);
        }
        return new ClosedSession(
                reason,
                events.get(0).eventTimeMillis(),
                events.get(events.size() - 1).eventTimeMillis(),
                List.copyOf(newest.values()));
    }

    /** Those that go to the tiers. */
    public List<Interaction> stored(String userId) {
        List<Interaction> stored = new ArrayList<>(events.size());
        for (SessionEvent event : events) {
            if (event.stored()) {
                stored.add(event.toInteraction(userId));
            }
        }
        return stored;
    }
}
