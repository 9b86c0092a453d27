package io.dhara.sessionizer;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionIdentity;
import io.dhara.proto.v1.SessionItem;
import io.dhara.proto.v1.SessionRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What must come of a set of events, recomputed in the plainest way and without the job's code:
 * distinct by identity, sorted, cut where a pause is longer than the gap, at the cap and at the
 * most events. An identity is expected with one event time only. Thread-safe.
 */
final class SessionOracle {
    /** Types that are in no tier. */
    static final Set<String> MARKERS = Set.of("APP_OPEN");

    private static final Comparator<Interaction> OLDEST_FIRST =
            Comparator.comparingLong(Interaction::eventTimeMillis)
                    .thenComparing(Interaction::type)
                    .thenComparing(Interaction.NEWEST_FIRST);

    /** Where sessions end. */
    record Rules(long gapMillis, long capMillis, int maxEvents) {}

    /**
     * A session.
     *
     * @param counts events by type, markers too
     * @param items stored events, in an order that depends on them alone
     */
    record Session(
            String userId,
            long startMillis,
            long endMillis,
            Map<String, Integer> counts,
            List<Interaction> items) {

        static Session of(SessionRecord record) {
            List<Interaction> items = new ArrayList<>();
            for (SessionItem item : record.getItemsList()) {
                items.add(
                        new Interaction(
                                record.getUserId(),
                                item.getType(),
                                item.getProductId(),
                                item.getCatalogId(),
                                item.getEventTimeMs(),
                                item.getSubOrderNum(),
                                item.getMetadata()));
            }
            items.sort(OLDEST_FIRST);
            return new Session(
                    record.getUserId(),
                    record.getStartMs(),
                    record.getEndMs(),
                    new TreeMap<>(record.getCountsMap()),
                    items);
        }

        String id() {
            return userId + ":" + startMillis;
        }
    }

    private record Key(String userId, InteractionIdentity identity) {}

    private final Map<Key, Interaction> events = new LinkedHashMap<>();
    private final Map<String, Set<Interaction>> ofUsers = new HashMap<>();

    /** Once more is the same. */
    synchronized void add(Interaction event) {
        Interaction known =
                events.putIfAbsent(new Key(event.userId(), InteractionIdentity.of(event)), event);
        if (known != null && known.eventTimeMillis() != event.eventTimeMillis()) {
            throw new IllegalArgumentException("one identity, two event times: " + event);
        }
        ofUsers.computeIfAbsent(event.userId(), user -> new HashSet<>()).add(event);
    }

    /** All distinct events. */
    synchronized List<Interaction> all() {
        return List.copyOf(events.values());
    }

    /** Everything of a user so far. */
    synchronized Set<Interaction> of(String user) {
        return Set.copyOf(ofUsers.getOrDefault(user, Set.of()));
    }

    void addAll(Collection<Interaction> added) {
        added.forEach(this::add);
    }

    /** Distinct events by user, markers too, oldest first. */
    synchronized Map<String, List<Interaction>> byUser() {
        Map<String, List<Interaction>> byUser = new TreeMap<>();
        events.values().stream()
                .sorted(OLDEST_FIRST)
                .forEach(e -> byUser.computeIfAbsent(e.userId(), u -> new ArrayList<>()).add(e));
        return byUser;
    }

    /** By session id. */
    Map<String, Session> sessions(Rules rules) {
        Map<String, Session> sessions = new TreeMap<>();
        byUser().forEach((user, all) -> cut(rules, all).forEach(s -> sessions.put(s.id(), s)));
        return sessions;
    }

    private static List<Session> cut(Rules rules, List<Interaction> all) {
        List<Session> sessions = new ArrayList<>();
        int from = 0;
        for (int to = 1; to <= all.size(); to++) {
            if (to == all.size() || isCut(rules, all, from, to)) {
                sessions.add(session(all.subList(from, to)));
                from = to;
            }
        }
        return sessions;
    }

    /** Whether the event at {@code to} is in another session than the one that began before it. */
    private static boolean isCut(Rules rules, List<Interaction> all, int from, int to) {
        long time = all.get(to).eventTimeMillis();
        long last = all.get(to - 1).eventTimeMillis();
        return time - last > rules.gapMillis()
                || time - all.get(from).eventTimeMillis() > rules.capMillis()
                || to - from >= rules.maxEvents() && time > last;
    }

    private static Session session(List<Interaction> all) {
        Map<String, Integer> counts = new TreeMap<>();
        all.forEach(event -> counts.merge(event.type(), 1, Integer::sum));
        return new Session(
                all.get(0).userId(),
                all.get(0).eventTimeMillis(),
                all.get(all.size() - 1).eventTimeMillis(),
                counts,
                all.stream().filter(e -> !MARKERS.contains(e.type())).toList());
    }

    /** By user, what the tiers must hold: stored events by type, newest first. */
    Map<String, Map<String, List<Interaction>>> histories() {
        Map<String, Map<String, List<Interaction>>> histories = new HashMap<>();
        byUser().forEach((user, all) -> histories.put(user, byType(all)));
        histories.values().removeIf(Map::isEmpty);
        return histories;
    }

    private static Map<String, List<Interaction>> byType(List<Interaction> all) {
        return all.stream()
                .filter(event -> !MARKERS.contains(event.type()))
                .sorted(Interaction.NEWEST_FIRST)
                .collect(
                        Collectors.groupingBy(
                                Interaction::type, TreeMap::new, Collectors.toList()));
    }
}
