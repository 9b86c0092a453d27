package io.dhara.sessionizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.interaction.Interaction;
import io.dhara.proto.v1.SessionClosed;
import io.dhara.proto.v1.SessionRecord;
import io.dhara.sessionizer.SessionOracle.Session;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What the session topic holds, compared with the oracle. */
final class SessionChecks {
    private static final int DIFFERENCES_SHOWN = 5;

    private SessionChecks() {}

    /**
     * Records of one session id are one session. Every stored event is in exactly one session; and
     * if no event was late, the sessions are those of the oracle.
     */
    static void assertEveryEventInOneSession(SessionBed bed, SessionOracle oracle) {
        List<SessionRecord> records = bed.sessions();
        Map<String, Set<Session>> byId = new TreeMap<>();
        for (SessionRecord record : records) {
            byId.computeIfAbsent(record.getSessionId(), id -> new HashSet<>())
                    .add(Session.of(record));
        }
        Map<Interaction, String> sessionOf = new HashMap<>();
        byId.forEach(
                (id, versions) -> {
                    for (Session session : versions) {
                        for (Interaction item : session.items()) {
                            String other = sessionOf.putIfAbsent(item, id);
                            assertThat(other).as("session of %s", item).isIn(null, id);
                        }
                    }
                });
        Set<Interaction> stored = new HashSet<>();
        oracle.histories().values().forEach(byType -> byType.values().forEach(stored::addAll));
        assertThat(sessionOf.keySet()).isEqualTo(stored);
        if (records.stream().noneMatch(SessionChecks::isLate)) {
            Map<String, Session> found = new TreeMap<>();
            byId.forEach(
                    (id, versions) -> {
                        assertThat(versions).as("records of session %s", id).hasSize(1);
                        found.put(id, versions.iterator().next());
                    });
            assertSame(found, oracle.sessions(bed.rules()));
        }
    }

    /** Equal maps; if not, says where they differ without all the rest. */
    static <K, V> void assertSame(Map<K, V> found, Map<K, V> expected) {
        List<String> differences = new ArrayList<>();
        Set<K> keys = new HashSet<>(expected.keySet());
        keys.addAll(found.keySet());
        for (K key : keys) {
            if (!Objects.equals(found.get(key), expected.get(key))) {
                differences.add(
                        key
                                + "\n  found    "
                                + found.get(key)
                                + "\n  expected "
                                + expected.get(key));
            }
        }
        assertThat(differences.stream().limit(DIFFERENCES_SHOWN))
                .as("%d of %d differ", differences.size(), keys.size())
                .isEmpty();
    }

    private static boolean isLate(SessionRecord record) {
        return record.getClosed() == SessionClosed.SESSION_CLOSED_LATE;
    }

    /** Records by the reason that closed them, and how many sessions they are. */
    static String summary(SessionBed bed) {
        List<SessionRecord> records = bed.sessions();
        return records.stream()
                        .collect(
                                Collectors.groupingBy(
                                        SessionRecord::getClosed,
                                        TreeMap::new,
                                        Collectors.counting()))
                + " records of "
                + records.stream().map(SessionRecord::getSessionId).distinct().count()
                + " sessions";
    }
}
