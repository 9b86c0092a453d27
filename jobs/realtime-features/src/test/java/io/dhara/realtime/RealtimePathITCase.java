package io.dhara.realtime;

import static java.nio.charset.StandardCharsets.UTF_8;
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

/** The kitchen example from its events in Kafka to feature messages, against a recount. */
class RealtimePathITCase {
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final int EVENTS = 4_000;
    private static final int RESTAURANTS = 25;

    @Test
    void kitchen_givesWhatARecountGives(@TempDir Path folder) throws Exception {
        try (FeatureJobBed bed = new FeatureJobBed(folder);
                TestCluster cluster = TestCluster.startOnRocksDb(folder.resolve("checkpoints"))) {
            Path definition = Files.writeString(folder.resolve("kitchen.yaml"), bed.kitchen());
            JobClient job =
                    RealtimeFeaturesJob.submit(
                            cluster.environment(2), FeatureJobBed.config(bed.settings(definition)));
            KitchenOracle oracle = new KitchenOracle();
            OrderLoad load = new OrderLoad(1, RESTAURANTS);
            long now = System.currentTimeMillis();
            long start = now - Duration.ofMinutes(50).toMillis();
            for (int i = 0; i < EVENTS; i++) {
                OrderEvent event = load.next(start + (now - start) * i / EVENTS, 30_000);
                oracle.add(event);
                bed.send(event);
            }
            bed.send("poison", "{\"order_id\": 7".getBytes(UTF_8));
            bed.flush();
            Awaitility.await()
                    .atMost(WITHIN)
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(
                            () -> {
                                assertThat(job.getJobStatus().get())
                                        .as(cluster.diagnosis(job))
                                        .isEqualTo(JobStatus.RUNNING);
                                oracle.assertOrders(
                                        bed.served("kitchen_orders"), List.of(5, 30, 60));
                                oracle.assertTimes(bed.served("kitchen_times"));
                                assertThat(bed.records("dlq")).hasSize(1);
                            });
            OrderEvent late =
                    new OrderEvent("o", "restaurant-0", "created", 1, start, start - 7_200_000);
            OrderEvent keyless = new OrderEvent("o", "", "created", 1, start, now);
            bed.send(late);
            bed.send(keyless);
            bed.flush();
            Awaitility.await()
                    .atMost(WITHIN)
                    .pollInterval(Duration.ofMillis(200))
                    .untilAsserted(
                            () ->
                                    assertThat(
                                                    bed.records("late").stream()
                                                            .map(r -> new String(r.value(), UTF_8))
                                                            .map(
                                                                    text ->
                                                                            text.split(
                                                                                            "\"event_time")[
                                                                                    0]))
                                            .containsExactlyInAnyOrder(
                                                    "{\"group\":\"restaurant/kitchen_orders\",\"reason\":\"late\",",
                                                    "{\"group\":\"restaurant/kitchen_orders\",\"reason\":\"no key\","));
            oracle.assertOrders(bed.served("kitchen_orders"), List.of(5, 30, 60));
            job.cancel().get();
        }
    }
}
