package io.dhara.realtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.flink.testkit.TestCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stopped with a savepoint while events go on, changed, and restored wider. */
class SavepointITCase {
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final int EVENTS = 1_500;

    /** Many enough that some get no event after the restart. */
    private static final int RESTAURANTS = 60;

    private final KitchenOracle oracle = new KitchenOracle();
    private final OrderLoad load = new OrderLoad(2, RESTAURANTS);

    @Test
    void addedWindow_losesAndDoublesNothing(@TempDir Path folder) throws Exception {
        try (FeatureJobBed bed = new FeatureJobBed(folder);
                TestCluster cluster = TestCluster.startOnRocksDb(folder.resolve("checkpoints"))) {
            Path before = Files.writeString(folder.resolve("before.yaml"), bed.kitchen());
            Path after =
                    Files.writeString(
                            folder.resolve("after.yaml"),
                            bed.kitchen().replace("[5 min, 30 min", "[5 min, 10 min, 30 min"));
            JobClient job =
                    RealtimeFeaturesJob.submit(
                            cluster.environment(2), FeatureJobBed.config(bed.settings(before)));
            long now = System.currentTimeMillis();
            send(bed, now - Duration.ofMinutes(20).toMillis(), now - 60_000);
            Awaitility.await()
                    .atMost(WITHIN)
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(
                            () ->
                                    oracle.assertOrders(
                                            bed.served("kitchen_orders"), List.of(5, 30, 60)));
            send(bed, now - 60_000, now - 30_000);
            String savepoint = cluster.stop(job, false, folder.resolve("savepoints"));
            send(bed, now - 30_000, now);
            JobClient next =
                    RealtimeFeaturesJob.submit(
                            cluster.environment(3, savepoint),
                            FeatureJobBed.config(bed.settings(after)));
            // A key has the new window from when it is next touched on.
            Awaitility.await()
                    .atMost(WITHIN)
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(
                            () -> {
                                assertThat(next.getJobStatus().get())
                                        .as(cluster.diagnosis(next))
                                        .isEqualTo(JobStatus.RUNNING);
                                oracle.assertOrders(
                                        bed.served("kitchen_orders"), List.of(5, 10, 30, 60));
                                oracle.assertTimes(bed.served("kitchen_times"));
                            });
            next.cancel().get();
            assertThat(bed.records("late")).isEmpty();
        }
    }

    private void send(FeatureJobBed bed, long from, long to) {
        for (int i = 0; i < EVENTS; i++) {
            OrderEvent event = load.next(from + (to - from) * i / EVENTS, 20_000);
            oracle.add(event);
            bed.send(event);
        }
        bed.flush();
    }
}
