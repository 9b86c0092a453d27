package io.dhara.sessionizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.interaction.Interaction;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.flink.testkit.TestCluster;
import io.dhara.proto.v1.SessionClosed;
import io.dhara.proto.v1.SessionRecord;
import io.dhara.sessionizer.SessionBed.Servers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stopped with a savepoint, or drained, while sessions are open and flushes are on their way. */
class SavepointITCase {
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final Map<String, String> SETTINGS =
            Map.of(
                    "interactions.session-gap", "1500 ms",
                    "interactions.session-cap", "5 s",
                    "interactions.lateness", "300 ms",
                    "interactions.idle-after", "2 s");
    private static final int SESSION_USERS = 10;
    private static final int ENDLESS_USERS = 8;

    @Test
    void stoppedAndRestoredWiderAndNarrower_losesNothing(@TempDir Path folder) throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
                SessionBed bed = SessionBed.open(Servers.shared(redis), SETTINGS);
                SessionTail tail = new SessionTail(bed);
                ReadWatchedLoad load = ReadWatchedLoad.start(bed, 2);
                TestCluster cluster = TestCluster.startOnRocksDb(folder.resolve("checkpoints"))) {
            JobClient job = InteractionSessionizerJob.submit(cluster.environment(2), bed.config());
            List<Integer> parallelisms = List.of(3, 1, 2, 3, 1, 2);
            Random random = new Random(3);
            for (int round = 0; round < parallelisms.size(); round++) {
                String prefix = 200 + round + "00";
                var flush = tail.first(record -> record.getUserId().startsWith(prefix));
                load.events().begin(prefix, SESSION_USERS, ENDLESS_USERS);
                flush.orTimeout(WITHIN.toSeconds(), TimeUnit.SECONDS).join();
                Awaitility.await()
                        .pollDelay(Duration.ofMillis(random.nextInt(400)))
                        .until(() -> true);
                String savepoint = cluster.stop(job, false, folder.resolve("savepoints"));
                job =
                        InteractionSessionizerJob.submit(
                                cluster.environment(parallelisms.get(round), savepoint),
                                bed.config());
                load.watch().assertNothingVanished();
            }
            load.events().pause();
            Awaitility.await()
                    .atMost(WITHIN)
                    .pollInterval(Duration.ofMillis(300))
                    .ignoreExceptions() // of a server that is slow
                    .untilAsserted(() -> load.assertAllInColdTier(bed));
            assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
            job.cancel().get();
            load.watch().assertNothingVanished();
            SessionChecks.assertEveryEventInOneSession(bed, load.oracle());
            System.out.println(load.watch() + ", " + SessionChecks.summary(bed));
        }
    }

    /** No session is over, so nothing is in the cold tier before. */
    @Test
    void drained_flushesEverything(@TempDir Path folder) throws Exception {
        Map<String, String> settings = new HashMap<>(SETTINGS);
        settings.put("interactions.session-gap", "10 min");
        settings.put("interactions.session-cap", "4 h");
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
                SessionBed bed = SessionBed.open(Servers.shared(redis), settings);
                TestCluster cluster = TestCluster.startOnRocksDb(folder.resolve("checkpoints"))) {
            SessionOracle oracle = new SessionOracle();
            List<Interaction> events =
                    SessionLoad.recent(
                            5, "300", 40, System.currentTimeMillis(), Duration.ofMinutes(5));
            oracle.addAll(events);
            JobClient job = InteractionSessionizerJob.submit(cluster.environment(2), bed.config());
            bed.sendAll(events);
            Set<String> users = oracle.byUser().keySet();
            Awaitility.await()
                    .atMost(WITHIN)
                    .pollInterval(Duration.ofMillis(200))
                    .untilAsserted(() -> bed.assertRead(oracle));
            assertThat(bed.tiers().cold(users)).isEmpty();
            cluster.stop(job, true, folder.resolve("savepoints"));

            SessionChecks.assertSame(bed.tiers().blocks(), oracle.histories());
            assertThat(bed.hotKeys()).isEmpty();
            SessionChecks.assertEveryEventInOneSession(bed, oracle);
            assertThat(bed.sessions().stream().map(SessionRecord::getClosed))
                    .containsOnly(SessionClosed.SESSION_CLOSED_STOP);
        }
    }
}
