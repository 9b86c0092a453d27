package io.dhara.sessionizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.interaction.Interaction;
import io.dhara.embedded.EmbeddedCassandra;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.embedded.SharedServers;
import io.dhara.flink.testkit.JobProcess;
import io.dhara.sessionizer.SessionBed.Servers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job is killed (-9) between the steps of flushes: a tier is stopped, so that flushes get as
 * far as that step and no further.
 */
class FlushCrashITCase {
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final Map<String, String> SETTINGS =
            Map.of(
                    "interactions.session-gap", "15 s",
                    "interactions.session-cap", "4 h",
                    "interactions.lateness", "300 ms",
                    "interactions.idle-after", "2 s");
    private static final int USERS = 60;

    @Test
    void killedBetweenColdWriteAndHotDelete_readersSeeEverythingOnce(@TempDir Path folder)
            throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
                SessionBed bed = SessionBed.open(Servers.shared(redis), SETTINGS);
                JobProcess process = SessionProcess.start(folder, bed.settings(), 2)) {
            SessionOracle oracle = new SessionOracle();
            send(bed, oracle, "600", sessionsBefore(Duration.ofMinutes(30)));
            Awaitility.await().atMost(WITHIN).untilAsserted(() -> bed.assertRead(oracle));
            Signals.stop(redis);
            Map<String, Map<String, List<Interaction>>> flushed = oracle.histories();
            send(bed, oracle, "601", System.currentTimeMillis());
            Awaitility.await()
                    .atMost(WITHIN)
                    .pollInterval(Duration.ofMillis(100))
                    .ignoreExceptions()
                    .untilAsserted(
                            () -> assertThat(bed.tiers().blocks()).containsAllEntriesOf(flushed));
            process.kill();
            Signals.resume(redis);

            assertThat(bed.hotKeys()).anyMatch(key -> key.startsWith("600"));
            bed.tiers()
                    .readAll(flushed.keySet())
                    .forEach(
                            (user, answer) ->
                                    assertThat(answer.byType()).isEqualTo(flushed.get(user)));
            endsOnceInTheColdTier(folder, bed, oracle);
        }
    }

    @Test
    void killedBetweenSessionRecordAndColdWrite_losesNothing(@TempDir Path folder)
            throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
                EmbeddedCassandra cassandra = EmbeddedCassandra.start(folder.resolve("cassandra"));
                SessionBed bed =
                        SessionBed.open(
                                new Servers(SharedServers.kafka(), redis, cassandra), SETTINGS);
                SessionTail tail = new SessionTail(bed);
                JobProcess process = SessionProcess.start(folder, bed.settings(), 2)) {
            SessionOracle oracle = new SessionOracle();
            send(bed, oracle, "610", sessionsBefore(Duration.ofMinutes(30)));
            Awaitility.await().atMost(WITHIN).untilAsserted(() -> bed.assertRead(oracle));
            var stopped =
                    tail.first(record -> record.getUserId().startsWith("610"))
                            .thenAccept(record -> Signals.stop(cassandra));
            send(bed, oracle, "611", System.currentTimeMillis());
            stopped.orTimeout(WITHIN.toSeconds(), TimeUnit.SECONDS).join();
            process.kill();
            Signals.resume(cassandra);

            Set<String> published =
                    bed.sessions().stream()
                            .map(record -> record.getUserId())
                            .collect(Collectors.toSet());
            published.removeAll(bed.tiers().blocks().keySet());
            System.out.println(
                    "killed with " + published.size() + " sessions published and not yet written");
            endsOnceInTheColdTier(folder, bed, oracle);
        }
    }

    private static long sessionsBefore(Duration age) {
        return System.currentTimeMillis() - age.toMillis();
    }

    private static void send(SessionBed bed, SessionOracle oracle, String prefix, long newest) {
        List<Interaction> events =
                SessionLoad.recent(
                        prefix.hashCode(), prefix, USERS, newest, Duration.ofSeconds(10));
        oracle.addAll(events);
        bed.sendAll(events);
    }

    private static void endsOnceInTheColdTier(Path folder, SessionBed bed, SessionOracle oracle)
            throws Exception {
        try (JobProcess process = SessionProcess.start(folder, bed.settings(), 2)) {
            Awaitility.await()
                    .atMost(WITHIN.multipliedBy(2))
                    .pollInterval(Duration.ofMillis(300))
                    .ignoreExceptions() // a server that was stopped is not there at once
                    .untilAsserted(
                            () -> {
                                SessionChecks.assertSame(bed.tiers().blocks(), oracle.histories());
                                assertThat(bed.hotKeys()).isEmpty();
                            });
            assertThat(process.isAlive()).isTrue();
        }
        SessionChecks.assertEveryEventInOneSession(bed, oracle);
    }
}
