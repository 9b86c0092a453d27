package io.dhara.sessionizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.interaction.Interaction;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.flink.testkit.TestCluster;
import io.dhara.proto.v1.SessionClosed;
import io.dhara.proto.v1.SessionRecord;
import io.dhara.sessionizer.SessionBed.Servers;
import io.dhara.sessionizer.SessionOracle.Session;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sessions and histories equal a plain recomputation, in whatever order and however often the
 * events come.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OracleITCase {
    private static final long LATENESS_MILLIS = Duration.ofMinutes(20).toMillis();
    private static final Map<String, String> SETTINGS =
            Map.of(
                    "interactions.lateness", LATENESS_MILLIS + " ms",
                    "interactions.session-gap", "30 min",
                    "interactions.session-cap", "4 h",
                    "interactions.session-max-events", "150");

    /** Every session ends by a pause. */
    private static final Map<String, String> GAP_ONLY =
            Map.of(
                    "interactions.lateness", LATENESS_MILLIS + " ms",
                    "interactions.session-gap", "30 min",
                    "interactions.session-cap", "300 d",
                    "interactions.session-max-events", "100000");

    private static final int USERS = 60;
    private static final int TAOBAO_SESSIONS = 766;
    private static final int DIGINETICA_SESSIONS = 2065;
    private static final int REPLAYS_OF_ALL = 2;

    private EmbeddedRedis redis;
    private SessionBed first;
    private TestCluster cluster;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        redis = EmbeddedRedis.start(folder.resolve("redis"));
        first = SessionBed.open(Servers.shared(redis), SETTINGS);
        cluster = TestCluster.startOnRocksDb(folder.resolve("checkpoints"));
    }

    @AfterAll
    void stop() throws Exception {
        cluster.close();
        first.close();
        redis.close();
    }

    private List<Interaction> generated(String prefix) {
        return SessionLoad.of(7, prefix, USERS, first.rules(), System.currentTimeMillis() - 1000);
    }

    @Test
    void generated_inOrder() throws Exception {
        List<Interaction> events = generated("11");
        run(SETTINGS, events, events);
    }

    @Test
    void generated_shuffledWithinLateness() throws Exception {
        List<Interaction> events = generated("12");
        run(SETTINGS, events, SessionLoad.shuffled(events, LATENESS_MILLIS, 1));
    }

    @Test
    void generated_duplicated() throws Exception {
        List<Interaction> events = generated("13");
        run(SETTINGS, events, SessionLoad.duplicated(events, LATENESS_MILLIS, 2));
    }

    @Test
    void generated_replayed() throws Exception {
        List<Interaction> events = generated("14");
        run(SETTINGS, events, twice(SessionLoad.shuffled(events, LATENESS_MILLIS, 3)));
    }

    /** A job that has lost its state and reads everything again tells the same sessions. */
    @Test
    void generated_readAgainWithoutState_isTheSameAgain() throws Exception {
        List<Interaction> events = generated("15");
        SessionOracle oracle = oracle(events);
        try (SessionBed bed = first.sibling(SETTINGS)) {
            bed.sendAll(events);
            for (int run = 0; run < REPLAYS_OF_ALL; run++) {
                bed.runToEnd(cluster, 1 + run);
            }
            assertSessions(bed, oracle, REPLAYS_OF_ALL);
            assertTiers(bed, oracle);
        }
    }

    @Test
    void taobao_inOrder() throws Exception {
        List<Interaction> events = RealSamples.taobao("21", System.currentTimeMillis());
        run(GAP_ONLY, events, events, TAOBAO_SESSIONS);
    }

    @Test
    void taobao_shuffledWithinLateness() throws Exception {
        List<Interaction> events = RealSamples.taobao("22", System.currentTimeMillis());
        run(GAP_ONLY, events, SessionLoad.shuffled(events, LATENESS_MILLIS, 4), TAOBAO_SESSIONS);
    }

    @Test
    void taobao_duplicated() throws Exception {
        List<Interaction> events = RealSamples.taobao("23", System.currentTimeMillis());
        run(GAP_ONLY, events, SessionLoad.duplicated(events, LATENESS_MILLIS, 5), TAOBAO_SESSIONS);
    }

    @Test
    void taobao_replayed() throws Exception {
        List<Interaction> events = RealSamples.taobao("24", System.currentTimeMillis());
        run(
                GAP_ONLY,
                events,
                twice(SessionLoad.shuffled(events, LATENESS_MILLIS, 6)),
                TAOBAO_SESSIONS);
    }

    /** Sessions are those that the shop's own labels tell apart. */
    @Test
    void diginetica_sessionsAreTheShopsOwn() throws Exception {
        Map<Interaction, String> labels = RealSamples.diginetica("31", System.currentTimeMillis());
        List<Interaction> events = SessionLoad.inOrder(new ArrayList<>(labels.keySet()));
        Map<String, Set<String>> labelsOfSession = new HashMap<>();
        for (Session session :
                run(
                        GAP_ONLY,
                        events,
                        SessionLoad.shuffled(events, LATENESS_MILLIS, 7),
                        DIGINETICA_SESSIONS)) {
            session.items()
                    .forEach(
                            item ->
                                    labelsOfSession
                                            .computeIfAbsent(session.id(), id -> new TreeSet<>())
                                            .add(labels.get(item)));
        }
        assertThat(labelsOfSession.values()).allSatisfy(of -> assertThat(of).hasSize(1));
    }

    private static List<Interaction> twice(List<Interaction> events) {
        List<Interaction> twice = new ArrayList<>(events);
        twice.addAll(events);
        return twice;
    }

    private static SessionOracle oracle(List<Interaction> events) {
        SessionOracle oracle = new SessionOracle();
        oracle.addAll(events);
        return oracle;
    }

    private void run(
            Map<String, String> settings, List<Interaction> events, List<Interaction> delivered)
            throws Exception {
        int sessions = oracle(events).sessions(first.rules()).size();
        assertThat(sessions).isGreaterThan(5 * USERS);
        run(settings, events, delivered, sessions);
    }

    private List<Session> run(
            Map<String, String> settings,
            List<Interaction> events,
            List<Interaction> delivered,
            int sessions)
            throws Exception {
        SessionOracle oracle = oracle(events);
        try (SessionBed bed = first.sibling(settings)) {
            bed.sendUnreadable();
            bed.sendAll(delivered);
            bed.runToEnd(cluster, 2);
            List<Session> found = assertSessions(bed, oracle, 1);
            assertThat(found).hasSize(sessions);
            assertTiers(bed, oracle);
            assertThat(bed.records(bed.config().topics().deadLetters())).hasSize(3);
            return found;
        }
    }

    /**
     * Each expected session came so many times, none of them late, and no other came.
     *
     * @return the distinct sessions
     */
    private static List<Session> assertSessions(SessionBed bed, SessionOracle oracle, int times) {
        Map<String, Session> expected = oracle.sessions(bed.rules());
        Map<String, Integer> count = new HashMap<>();
        Map<String, Session> found = new HashMap<>();
        for (SessionRecord record : bed.sessions()) {
            Session session = Session.of(record);
            assertThat(record.getSessionId()).isEqualTo(session.id());
            assertThat(session).isEqualTo(expected.get(session.id()));
            assertThat(record.getClosed()).isNotEqualTo(SessionClosed.SESSION_CLOSED_LATE);
            assertThat(record.getItemsList().stream().map(item -> item.getEventTimeMs()).toList())
                    .isSorted();
            count.merge(session.id(), 1, Integer::sum);
            found.put(session.id(), session);
        }
        SessionChecks.assertSame(found, expected);
        assertThat(count.values()).allSatisfy(n -> assertThat(n).isEqualTo(times));
        return List.copyOf(found.values());
    }

    /** The cold tier has everything once, newest first; the hot tier has nothing. */
    private static void assertTiers(SessionBed bed, SessionOracle oracle) {
        Map<String, Map<String, List<Interaction>>> expected = oracle.histories();
        Map<String, Map<String, List<Interaction>>> blocks = bed.tiers().blocks();
        blocks.keySet().retainAll(oracle.byUser().keySet());
        SessionChecks.assertSame(blocks, expected);
        SessionChecks.assertSame(bed.tiers().cold(oracle.byUser().keySet()), expected);
        assertThat(bed.hotKeys()).isEmpty();
    }
}
