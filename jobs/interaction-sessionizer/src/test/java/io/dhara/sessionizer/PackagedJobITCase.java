package io.dhara.sessionizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.embedded.EmbeddedRedis;
import io.dhara.flink.testkit.JobProcess;
import io.dhara.flink.testkit.PackagedJob;
import io.dhara.sessionizer.SessionBed.Servers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job's one jar on a cluster that has nothing but Flink on its class path, loaded child-first
 * as in production: nothing is missing from it and nothing in it clashes.
 */
class PackagedJobITCase {
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final Map<String, String> SETTINGS =
            Map.of(
                    "interactions.session-gap", "1 s",
                    "interactions.session-cap", "1 min",
                    "interactions.lateness", "100 ms",
                    "interactions.idle-after", "1 s");

    @Test
    void jar_runsOnABareCluster(@TempDir Path folder) throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
                SessionBed bed = SessionBed.open(Servers.shared(redis), SETTINGS);
                JobProcess process = PackagedJob.launch(folder, bed.settings())) {
            SessionOracle oracle = new SessionOracle();
            oracle.addAll(
                    SessionLoad.recent(
                            6, "400", 20, System.currentTimeMillis(), Duration.ofMinutes(1)));
            bed.sendUnreadable();
            bed.sendAll(SessionLoad.inOrder(oracle.all()));
            Awaitility.await()
                    .atMost(WITHIN)
                    .pollInterval(Duration.ofMillis(300))
                    .untilAsserted(
                            () -> {
                                SessionChecks.assertSame(bed.tiers().blocks(), oracle.histories());
                                assertThat(bed.hotKeys()).isEmpty();
                                assertThat(bed.records(bed.config().topics().deadLetters()))
                                        .hasSize(3);
                            });
            SessionChecks.assertEveryEventInOneSession(bed, oracle);
            assertThat(process.isAlive()).isTrue();
        }
    }
}
