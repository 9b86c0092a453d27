package io.dhara.localstack.demo;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionIdentity;
import io.dhara.proto.v1.InteractionEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the sessions of the sent events must be, by plain recomputation: a user's distinct events in
 * order of time, cut wherever a pause is longer than the gap.
 */
final class SessionOracle {
    private final long gapMillis;
    private final long capMillis;
    private final Map<String, Map<InteractionIdentity, Interaction>> byUser = new HashMap<>();
    private long events;

    SessionOracle(Duration gap, Duration cap) {
        this.gapMillis = gap.toMillis();
        this.capMillis = cap.toMillis();
    }

    void sent(InteractionEvent event) {
        Interaction interaction =
                new Interaction(
                        event.getUserId(),
                        event.getType(),
                        event.getProductId(),
                        event.getCatalogId(),
                        event.getEventTimeMs(),
                        event.getSubOrderNum(),
                        event.getMetadata());
        boolean isNew =
                byUser.computeIfAbsent(event.getUserId(), user -> new LinkedHashMap<>())
                                .putIfAbsent(InteractionIdentity.of(interaction), interaction)
                        == null;
        if (isNew) {
            events++;
        }
    }

    /** Distinct events. */
    long events() {
        return events;
    }

    Set<String> users() {
        return byUser.keySet();
    }

    /** Sessions as {@code user:start:end:events}. */
    Set<String> sessions() {
        Set<String> sessions = new HashSet<>();
        byUser.forEach((user, interactions) -> cut(user, interactions.values(), sessions));
        return sessions;
    }

    private void cut(String user, Collection<Interaction> interactions, Set<String> sessions) {
        List<Interaction> ordered = ordered(interactions);
        int first = ordered.size() - 1;
        for (int i = first - 1; i >= -1; i--) {
            long previous = ordered.get(i + 1).eventTimeMillis();
            long start = ordered.get(first).eventTimeMillis();
            if (i < 0
                    || ordered.get(i).eventTimeMillis() - previous > gapMillis
                    || ordered.get(i).eventTimeMillis() - start > capMillis) {
                sessions.add(name(user, start, previous, first - i));
                first = i;
            }
        }
    }

    static String name(String user, long startMillis, long endMillis, int events) {
        return user + ":" + startMillis + ":" + endMillis + ":" + events;
    }

    /** Newest first. */
    private static List<Interaction> ordered(Collection<Interaction> interactions) {
        TreeSet<Interaction> ordered = new TreeSet<>(Interaction.NEWEST_FIRST);
        ordered.addAll(interactions);
        return new ArrayList<>(ordered);
    }

    /** A user's newest of one type, newest first. */
    List<Interaction> last(String user, String type, int k) {
        return ordered(byUser.getOrDefault(user, Map.of()).values()).stream()
                .filter(interaction -> interaction.type().equals(type))
                .limit(k)
                .toList();
    }
}
