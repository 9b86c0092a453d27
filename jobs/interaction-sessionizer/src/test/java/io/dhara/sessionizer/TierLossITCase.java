package io.dhara.sessionizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.interaction.Interaction;
import io.dhara.embedded.EmbeddedCassandra;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.embedded.SharedServers;
import io.dhara.flink.testkit.TestCluster;
import io.dhara.sessionizer.SessionBed.Servers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/**
 * A tier is lost, stopped or killed in the middle of sessions and flushes: nothing is lost, the job
 * never restarts, and readers get everything again without any new event; until then they are told
 * that something may be missing.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TierLossITCase {
    private static final Duration WITHIN = Duration.ofSeconds(60);

    /** "A few seconds": the job looks each second, and each loss is a reconnect. */
    private static final Duration REBUILT_WITHIN = Duration.ofSeconds(10);

    private static final Duration OUTAGE = Duration.ofSeconds(4);
    private static final long GAP_MILLIS = Duration.ofMinutes(10).toMillis();
    private static final Map<String, String> SETTINGS =
            Map.of(
                    "interactions.session-gap", GAP_MILLIS + " ms",
                    "interactions.session-cap", "4 h",
                    "interactions.lateness", "1 s",
                    "interactions.idle-after", "2 s");
    private static final int USERS = 40;

    private EmbeddedRedis redis;
    private EmbeddedCassandra cassandra;
    private TestCluster cluster;
    private SessionBed bed;
    private SessionOracle oracle;
    private ReadWatch watch;
    private JobClient job;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        redis = EmbeddedRedis.start(folder.resolve("redis"));
        cassandra = EmbeddedCassandra.start(folder.resolve("cassandra"));
        cluster = TestCluster.startOnRocksDb(folder.resolve("checkpoints"));
    }

    @AfterAll
    void stop() throws Exception {
        cluster.close();
        cassandra.close();
        redis.close();
    }

    @BeforeEach
    void startJob() throws Exception {
        bed = SessionBed.open(new Servers(SharedServers.kafka(), redis, cassandra), SETTINGS);
        oracle = new SessionOracle();
        watch = new ReadWatch(bed.tiers(), () -> List.copyOf(oracle.byUser().keySet()), oracle);
        job = InteractionSessionizerJob.submit(cluster.environment(2), bed.config());
    }

    /** Whatever happened: at the end of everything the cold tier has everything once. */
    @AfterEach
    void drainJob(@TempDir Path folder) throws Exception {
        assertThat(job.getJobStatus().get())
                .as(cluster.diagnosis(job))
                .isEqualTo(JobStatus.RUNNING);
        cluster.stop(job, true, folder);
        watch.close();
        watch.assertNothingVanished();
        Awaitility.await()
                .atMost(WITHIN)
                .ignoreExceptions() // until this session has found the restarted server
                .untilAsserted(
                        () -> SessionChecks.assertSame(bed.tiers().blocks(), oracle.histories()));
        SessionChecks.assertEveryEventInOneSession(bed, oracle);
        System.out.println(watch);
        bed.close();
        try (Jedis jedis = jedis()) {
            jedis.flushAll();
        }
    }

    private Jedis jedis() {
        return new Jedis("127.0.0.1", redis.port());
    }

    /** Events of open sessions, and that readers have them. */
    private void openSessions(String prefix) {
        openSessionsUnread(prefix, 1);
        awaitRead(WITHIN);
    }

    private void openSessionsUnread(String prefix, long seed) {
        List<Interaction> events =
                SessionLoad.recent(
                        seed,
                        prefix,
                        USERS,
                        System.currentTimeMillis(),
                        Duration.ofMillis(GAP_MILLIS / 2));
        oracle.addAll(events);
        bed.sendAll(events);
    }

    /** Events of sessions that close as soon as there are newer events of others. */
    private List<Interaction> olderSessions(String prefix, long seed) {
        List<Interaction> events =
                SessionLoad.recent(
                        seed,
                        prefix,
                        USERS,
                        System.currentTimeMillis() - 3 * GAP_MILLIS,
                        Duration.ofMillis(GAP_MILLIS / 2));
        oracle.addAll(events);
        bed.sendAll(events);
        return events;
    }

    private void awaitRead(Duration within) {
        Awaitility.await()
                .atMost(within)
                .pollInterval(Duration.ofMillis(100))
                .ignoreExceptions() // a tier that is needed does not answer yet
                .untilAsserted(() -> bed.assertRead(oracle));
        watch.assertNothingVanished();
    }

    @Test
    void redis_flushedMidSession_isRebuiltFromState() {
        openSessions("500");
        try (Jedis jedis = jedis()) {
            jedis.flushAll();
        }
        awaitRead(REBUILT_WITHIN);
        assertHotAlone();
    }

    /** Not only right, but out of the hot tier again. */
    private void assertHotAlone() {
        Awaitility.await()
                .atMost(WITHIN)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(
                        () ->
                                assertThat(
                                                bed.tiers()
                                                        .readAll(oracle.histories().keySet())
                                                        .values())
                                        .allMatch(TierReads.Answer::hotAlone));
    }

    @Test
    void redis_killedAndEmpty_isRebuiltFromState() throws Exception {
        openSessions("510");
        redis.kill();
        Files.deleteIfExists(redis.dir().resolve("dump.rdb"));
        openSessionsUnread("511", 1);
        redis.start();
        awaitRead(REBUILT_WITHIN);
        assertHotAlone();
    }

    /** It comes back with markers that look complete and are not, of closed sessions as well. */
    @Test
    void redis_killedAndBackFromAnOldSnapshot_isNotBelieved() throws Exception {
        List<Interaction> before = olderSessions("520", 1);
        awaitRead(WITHIN);
        try (Jedis jedis = jedis()) {
            jedis.save();
        }
        Set<String> users = users(before);
        olderSessions("520", 2);
        openSessions("521");
        Awaitility.await("their sessions are flushed")
                .atMost(WITHIN)
                .until(() -> bed.tiers().blocks().keySet().containsAll(users));
        openSessionsUnread("521", 3);
        awaitRead(WITHIN);
        redis.kill();
        redis.start();
        Files.delete(redis.dir().resolve("dump.rdb"));
        awaitRead(REBUILT_WITHIN);
    }

    private static Set<String> users(List<Interaction> events) {
        Set<String> users = new HashSet<>();
        events.stream()
                .filter(event -> !SessionOracle.MARKERS.contains(event.type()))
                .forEach(event -> users.add(event.userId()));
        return users;
    }

    @Test
    void redis_stoppedForAWhile_losesNothing() throws Exception {
        olderSessions("530", 1);
        awaitRead(WITHIN);
        Signals.stop(redis);
        try {
            openSessionsUnread("531", 1);
            pause(OUTAGE);
            olderSessions("532", 2);
        } finally {
            Signals.resume(redis);
        }
        awaitRead(REBUILT_WITHIN);
        assertThat(watch.flagged()).isPositive();
    }

    @Test
    void cassandra_stoppedDuringFlush_hotTierServesAndNothingIsLost() throws Exception {
        try (SessionTail tail = new SessionTail(bed)) {
            var flush = tail.first(record -> record.getUserId().startsWith("540"));
            Set<String> flushed = users(olderSessions("540", 1));
            awaitRead(WITHIN);
            assertHotAlone();
            openSessionsUnread("541", 1);
            flush.orTimeout(WITHIN.toSeconds(), TimeUnit.SECONDS).join();
        }
        Signals.stop(cassandra);
        try {
            long hotReads = watch.fromHotAlone();
            pause(OUTAGE);
            assertThat(watch.fromHotAlone()).isGreaterThan(hotReads);
        } finally {
            Signals.resume(cassandra);
        }
        awaitRead(WITHIN);
    }

    @Test
    void cassandra_killedAndRestarted_losesNothing() throws Exception {
        olderSessions("550", 1);
        awaitRead(WITHIN);
        cassandra.kill();
        openSessionsUnread("551", 1);
        pause(OUTAGE);
        assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
        cassandra.start();
        awaitRead(WITHIN);
    }

    private static void pause(Duration time) {
        Awaitility.await().pollDelay(time).atMost(time.plusSeconds(5)).until(() -> true);
    }
}
