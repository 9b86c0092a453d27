package io.dhara.realtime.operator;

import static io.dhara.realtime.operator.FeatureBed.DEFINITION;
import static io.dhara.realtime.operator.FeatureBed.LIMITS;
import static io.dhara.realtime.operator.FeatureBed.T0;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.flink.feature.FeatureRow;
import io.dhara.realtime.domain.event.FeatureEvent;
import io.dhara.realtime.domain.tile.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A store that keeps the newest row of each key, fed by an operator that crashes at random points,
 * forgets what it did since its last checkpoint and reads the events again in another order: in the
 * end it holds what a recount of all events gives.
 */
class NewestWinsTest {
    private static final int SEEDS = Integer.getInteger("dhara.newest.seeds", 6);
    private static final int STEPS = 120;
    private static final int SHOPS = 4;
    private static final long OUT_OF_ORDER_SECONDS = 30;
    private static final long STRAGGLING_SECONDS = 300;
    private static final int AFTER_THE_LAST_SECONDS = 600;

    private final List<FeatureEvent> log = new ArrayList<>();
    private final Map<String, FeatureRow> store = new HashMap<>();
    private Duration shorter = Duration.ZERO;
    private Duration longer = Duration.ZERO;
    private String definition = DEFINITION;
    private final Set<List<Object>> emitted = new HashSet<>();

    /** Short windows change all the time; long ones do not, and what is lost stays lost. */
    @ParameterizedTest
    @CsvSource({"1, 5", "60, 1440"})
    void store_holdsWhatARecountGives(int shortMinutes, int longMinutes) throws Exception {
        shorter = Duration.ofMinutes(shortMinutes);
        longer = Duration.ofMinutes(longMinutes);
        definition =
                DEFINITION
                        .replace(
                                "[1 min, 5 min]",
                                "[%d min, %d min]".formatted(shortMinutes, longMinutes))
                        .replace("[5 min]", "[%d min]".formatted(longMinutes));
        for (int seed = 0; seed < SEEDS; seed++) {
            log.clear();
            store.clear();
            run(new Random(seed), "seed " + seed);
        }
    }

    private void run(Random random, String seed) throws Exception {
        FeatureBed bed = FeatureBed.onHeap(definition, null, -5);
        OperatorSubtaskState checkpoint = bed.snapshot();
        int checkpointed = 0;
        emitted.clear();
        for (int step = 0; step < STEPS; step++) {
            int choice = random.nextInt(20);
            if (choice < 12) {
                one(bed, random);
                bed.pass(Duration.ofMillis(random.nextInt(3_000)));
            } else if (choice < 15) {
                watermark(bed);
            } else if (choice < 16) {
                bed.idle();
                bed.pass(Duration.ofSeconds(random.nextInt(40)));
                bed.harness.processWatermarkStatus(WatermarkStatus.ACTIVE);
            } else if (choice < 18) {
                checkpoint = bed.snapshot();
                checkpointed = log.size();
            } else {
                bed = crash(bed, checkpoint, checkpointed, random);
            }
            keepNewest(bed);
        }
        // A silence, rows that no checkpoint knows, a crash, and events of within the silence.
        watermark(bed);
        bed.idle();
        bed.pass(Duration.ofSeconds(2 * OUT_OF_ORDER_SECONDS));
        one(bed, random);
        bed = crash(bed, checkpoint, checkpointed, random);
        one(bed, random);
        watermark(bed);
        bed.idle();
        for (int second = 0; second < AFTER_THE_LAST_SECONDS; second++) {
            bed.harness.setProcessingTime(bed.harness.getProcessingTime() + 1_000);
        }
        bed.flush();
        keepNewest(bed);
        long clock =
                Math.max(newest() - OUT_OF_ORDER_SECONDS * 1_000 - 1, Long.MIN_VALUE)
                        + AFTER_THE_LAST_SECONDS * 1_000
                        - LIMITS.tick().toMillis()
                        - LIMITS.timerSpread().toMillis();
        bed.close();
        store.forEach(
                (shop, row) -> {
                    assertThat(row.values())
                            .as("%s, %s at %s", seed, shop, row.eventTimeMillis() - T0)
                            .isEqualTo(recount(shop, row.eventTimeMillis()));
                    assertThat(row.values())
                            .as("%s, %s now", seed, shop)
                            .isEqualTo(recount(shop, Math.max(clock, row.eventTimeMillis())));
                });
        assertThat(store.keySet())
                .isEqualTo(
                        new HashSet<>(log.stream().map(e -> String.valueOf(e.value(0))).toList()));
    }

    private void one(FeatureBed bed, Random random) throws Exception {
        FeatureEvent event = event(random, bed.harness.getProcessingTime());
        log.add(event);
        bed.add(event);
        bed.flush();
    }

    private FeatureBed crash(
            FeatureBed bed, OperatorSubtaskState checkpoint, int checkpointed, Random random)
            throws Exception {
        keepNewest(bed);
        long now = (bed.harness.getProcessingTime() - T0) / 1_000 + 1 + random.nextInt(9);
        bed.close();
        emitted.clear();
        FeatureBed next = FeatureBed.onHeap(definition, checkpoint, now);
        List<FeatureEvent> again = new ArrayList<>(log.subList(checkpointed, log.size()));
        Collections.shuffle(again, random);
        for (FeatureEvent event : again) {
            next.add(event);
            if (random.nextInt(3) == 0) {
                next.flush();
            }
        }
        return next;
    }

    private static FeatureEvent event(Random random, long now) {
        boolean straggles = random.nextInt(4) == 0;
        long delay = straggles ? STRAGGLING_SECONDS : OUT_OF_ORDER_SECONDS;
        long time = now - random.nextInt((int) delay * 1_000);
        return new FeatureEvent(
                time,
                List.of(
                        "shop-" + random.nextInt(SHOPS),
                        "order-" + random.nextInt(12),
                        List.of("created", "created", "done", "seen").get(random.nextInt(4)),
                        0.5));
    }

    private long newest() {
        return log.stream().mapToLong(FeatureEvent::eventTimeMillis).max().orElse(T0);
    }

    private void watermark(FeatureBed bed) throws Exception {
        bed.watermark((newest() - T0) / 1_000.0 - OUT_OF_ORDER_SECONDS - 0.001);
    }

    private void keepNewest(FeatureBed bed) {
        for (FeatureRow row : bed.rows()) {
            assertThat(emitted.add(List.of(row.key(), row.eventTimeMillis())))
                    .as("another row of this key and instant: %s", row)
                    .isTrue();
            store.merge(
                    row.key().get(0),
                    row,
                    (a, b) -> b.eventTimeMillis() >= a.eventTimeMillis() ? b : a);
        }
    }

    /** From the definition of the features alone. */
    private List<@Nullable Object> recount(String shop, long atMillis) {
        List<FeatureEvent> own =
                log.stream()
                        .filter(e -> shop.equals(e.value(0)) && e.eventTimeMillis() <= atMillis)
                        .toList();
        Map<Object, FeatureEvent> items = new HashMap<>();
        for (FeatureEvent event : own) {
            if (!"seen".equals(event.value(2))) {
                items.merge(String.valueOf(event.value(1)), event, NewestWinsTest::newer);
            }
        }
        long expired = Window.of(Duration.ofHours(1)).afterMillis(atMillis);
        long running =
                items.values().stream()
                        .filter(e -> "created".equals(e.value(2)) && e.eventTimeMillis() > expired)
                        .count();
        long inFive = count(own, longer, atMillis);
        return List.of(running, count(own, shorter, atMillis), inFive, inFive * 0.5);
    }

    private static FeatureEvent newer(FeatureEvent a, FeatureEvent b) {
        if (a.eventTimeMillis() == b.eventTimeMillis()) {
            return "done".equals(a.value(2)) ? a : b;
        }
        return a.eventTimeMillis() > b.eventTimeMillis() ? a : b;
    }

    private static long count(List<FeatureEvent> events, Duration length, long atMillis) {
        long after = Window.of(length).afterMillis(atMillis);
        return events.stream().filter(event -> event.eventTimeMillis() > after).count();
    }
}
