package io.dhara.realtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.flink.testkit.JobProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job's process is killed (-9) at random points and continues from its newest checkpoint while
 * events go on: in the end the newest rows are what a recount of all events gives.
 */
class KillITCase {
    /** More for a longer search: {@code -Dtest.argLine="... -Ddhara.kill.seeds=200"}. */
    private static final int SEEDS = Integer.getInteger("dhara.kill.seeds", 20);

    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final int RESTAURANTS = 40;
    private static final int STRAGGLING_MILLIS = 20_000;

    private final KitchenOracle oracle = new KitchenOracle();
    private final OrderLoad load = new OrderLoad(3, RESTAURANTS);

    @Test
    void killedAnywhere_convergesToTheRecount(@TempDir Path folder) throws Exception {
        try (FeatureJobBed bed = new FeatureJobBed(folder)) {
            // Short and long windows: in long ones nothing that was lost is mended by time.
            String definition =
                    FeatureJobBed.ordersOnly(bed.kitchen())
                            .replace("[5 min, 30 min", "[1 min, 30 min");
            Map<String, String> settings =
                    bed.settings(Files.writeString(folder.resolve("kitchen.yaml"), definition));
            JobProcess process = JobProcess.start(folder, FeaturesProcess.class, settings, 2);
            JobProcess next = JobProcess.standBy(folder, FeaturesProcess.class, settings, 2);
            AtomicBoolean stop = new AtomicBoolean();
            Thread sender = new Thread(() -> sendUntil(stop, bed), "orders");
            sender.start();
            try {
                for (int seed = 0; seed < SEEDS; seed++) {
                    awaitRows(bed);
                    pause(new Random(seed).nextInt(1_000));
                    process.kill();
                    process = next;
                    next = JobProcess.standBy(folder, FeaturesProcess.class, settings, 2);
                    process.begin();
                }
                stop.set(true);
                sender.join();
                Awaitility.await()
                        .atMost(WITHIN)
                        .pollInterval(Duration.ofMillis(500))
                        .untilAsserted(
                                () ->
                                        oracle.assertOrders(
                                                bed.served("kitchen_orders"), List.of(1, 30, 60)));
                assertThat(process.isAlive()).isTrue();
                assertThat(bed.records("late")).isEmpty();
            } finally {
                stop.set(true);
                process.close();
                next.close();
            }
            System.out.println(
                    SEEDS
                            + " kills, "
                            + bed.records("orders").size()
                            + " events, "
                            + bed.records("features").size()
                            + " rows");
        }
    }

    /** The process has begun to give rows. */
    private static void awaitRows(FeatureJobBed bed) {
        long before = bed.count("features");
        Awaitility.await()
                .atMost(WITHIN)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> bed.count("features") > before);
    }

    private void sendUntil(AtomicBoolean stop, FeatureJobBed bed) {
        while (!stop.get()) {
            OrderEvent event = load.next(System.currentTimeMillis(), STRAGGLING_MILLIS);
            oracle.add(event);
            bed.send(event);
            pause(5);
        }
        bed.flush();
    }

    private static void pause(long millis) {
        Awaitility.await().pollDelay(Duration.ofMillis(millis)).until(() -> true);
    }
}
