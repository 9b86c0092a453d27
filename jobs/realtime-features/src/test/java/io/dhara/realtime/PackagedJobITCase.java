package io.dhara.realtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.flink.testkit.JobProcess;
import io.dhara.flink.testkit.PackagedJob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job's one jar on a cluster that has nothing but Flink and its SQL on its class path, loaded
 * child-first as in production: nothing is missing from it and nothing in it clashes.
 */
class PackagedJobITCase {
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final int EVENTS = 300;

    @Test
    void jar_runsOnABareCluster(@TempDir Path folder) throws Exception {
        try (FeatureJobBed bed = new FeatureJobBed(folder)) {
            Path definition = Files.writeString(folder.resolve("kitchen.yaml"), bed.kitchen());
            try (JobProcess process = PackagedJob.launch(folder, bed.settings(definition))) {
                KitchenOracle oracle = new KitchenOracle();
                OrderLoad load = new OrderLoad(4, 10);
                for (int i = 0; i < EVENTS; i++) {
                    OrderEvent event = load.next(System.currentTimeMillis(), 60_000);
                    oracle.add(event);
                    bed.send(event);
                }
                bed.flush();
                Awaitility.await()
                        .atMost(WITHIN)
                        .pollInterval(Duration.ofMillis(300))
                        .untilAsserted(
                                () -> {
                                    oracle.assertOrders(
                                            bed.served("kitchen_orders"), List.of(5, 30, 60));
                                    oracle.assertTimes(bed.served("kitchen_times"));
                                });
                assertThat(process.isAlive()).isTrue();
            }
        }
    }
}
