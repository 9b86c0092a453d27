package io.dhara.realtime.operator;

import static io.dhara.realtime.operator.FeatureBed.T0;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.flink.feature.FeatureRow;
import io.dhara.realtime.domain.event.FeatureEvent;
import io.dhara.realtime.domain.tile.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An event counts once by its id. */
class EventIdsTest {
    private static final String DEFINITION =
            """
            name: test
            sources:
              payments:
                topic: payments
                format: json
                id: payment
                fields: {shop: string, payment: string, amount: int64}
            groups:
              - entity: shop
                group: load
                key: [shop]
                lateness: 10 min
                features:
                  - {name: payments, aggregate: count, windows: [1 d]}
                  - {name: sales, aggregate: sum, of: amount, windows: [1 d]}
            """;
    private static final int LATENESS_SECONDS = 600;
    private static final int FIRST_START = -86_400;

    private static FeatureEvent payment(String shop, @Nullable String id, double seconds) {
        return new FeatureEvent(T0 + Math.round(seconds * 1_000), Arrays.asList(shop, id, 5L));
    }

    private static FeatureBed bed(@Nullable OperatorSubtaskState state, long nowSeconds)
            throws Exception {
        return FeatureBed.onHeap(DEFINITION, state, nowSeconds);
    }

    @Test
    void repeated_inOneFlushOrLater_countsOnce() throws Exception {
        try (FeatureBed bed = bed(null, FIRST_START)) {
            bed.add(payment("a", "p1", 10));
            bed.add(payment("a", "p1", 10));
            bed.add(payment("a", "p2", 11));
            bed.flush();
            assertThat(bed.row()).containsExactly(2L, 10L);
            bed.add(payment("a", "p1", 10));
            bed.flush();
            assertThat(bed.rows()).isEmpty();
            assertThat(bed.late()).isEmpty();
        }
    }

    @Test
    void sameIdOfAnotherKey_andEventsWithoutOne_count() throws Exception {
        try (FeatureBed bed = bed(null, FIRST_START)) {
            bed.add(payment("a", "p1", 10));
            bed.add(payment("b", "p1", 10));
            bed.add(payment("b", null, 11));
            bed.add(payment("b", null, 11));
            bed.add(payment("b", "", 11));
            bed.flush();
            assertThat(bed.rows())
                    .extracting(FeatureRow::values)
                    .containsExactly(List.of(1L, 5L), List.of(4L, 20L));
        }
    }

    @Test
    void repeated_afterARestart_countsOnce() throws Exception {
        OperatorSubtaskState state;
        try (FeatureBed bed = bed(null, FIRST_START)) {
            bed.add(payment("a", "p1", 10));
            state = bed.snapshot();
        }
        try (FeatureBed bed = bed(state, FIRST_START)) {
            bed.add(payment("a", "p1", 10));
            bed.add(payment("a", "p2", 12));
            bed.flush();
            assertThat(bed.row()).containsExactly(2L, 10L);
        }
    }

    @Test
    void repetition_whenItsEventIsLate_countsNowhereOrIsAnotherEvent() throws Exception {
        try (FeatureBed bed = bed(null, FIRST_START)) {
            bed.add(payment("a", "p1", 10));
            bed.watermark(LATENESS_SECONDS + 9.999);
            bed.add(payment("a", "p1", 700));
            bed.flush();
            assertThat(bed.row()).as("not late yet, so the same").containsExactly(1L, 5L);
            bed.watermark(LATENESS_SECONDS + 10);
            bed.add(payment("a", "p1", 10));
            bed.add(payment("a", "p1", 700));
            bed.flush();
            assertThat(bed.row()).as("of another time").containsExactly(2L, 10L);
            assertThat(bed.late()).as("of the same time").hasSize(1);
        }
    }

    @Test
    void ids_areForgottenWithoutFurtherEvents() throws Exception {
        try (FeatureBed bed = bed(null, FIRST_START)) {
            for (int i = 0; i < 500; i++) {
                bed.add(payment("a", "p" + i, i));
            }
            bed.flush();
            bed.watermark(500);
            bed.flush();
            assertThat(bed.idsInState()).isEqualTo(500 + 1);
            for (int seconds = 500; seconds <= 500 + 2 * LATENESS_SECONDS; seconds += 10) {
                bed.watermark(seconds);
                bed.flush();
            }
            assertThat(bed.idsInState()).isZero();
            assertThat(bed.keysInState()).as("the windows are still there").isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void randomRepetitionsAndRestarts_areARecountOfDistinctEvents(int seed) throws Exception {
        Random random = new Random(seed);
        Map<String, FeatureEvent> distinct = new HashMap<>();
        List<FeatureEvent> sent = new ArrayList<>();
        Map<String, FeatureRow> store = new HashMap<>();
        FeatureBed bed = bed(null, FIRST_START);
        for (int step = 0; step < 3_000; step++) {
            if (!sent.isEmpty() && random.nextInt(3) == 0) {
                // A repetition of any age has the time of its event.
                bed.add(sent.get(random.nextInt(sent.size())));
            } else {
                double seconds = Math.max(0, step - random.nextInt(LATENESS_SECONDS / 2));
                FeatureEvent event = payment("s" + random.nextInt(5), "p" + step, seconds);
                sent.add(event);
                distinct.put("p" + step, event);
                bed.add(event);
            }
            if (random.nextInt(10) == 0) {
                bed.flush();
            }
            if (random.nextInt(40) == 0) {
                bed.watermark(Math.max(0, step - 1));
            }
            keep(bed.rows(), store);
            if (random.nextInt(300) == 0) {
                OperatorSubtaskState state = bed.snapshot();
                keep(bed.rows(), store);
                bed.close();
                bed = bed(state, FIRST_START);
            }
        }
        bed.flush();
        keep(bed.rows(), store);
        bed.close();
        assertThat(store).hasSize(5);
        store.forEach(
                (shop, row) -> {
                    long after = Window.of(Duration.ofDays(1)).afterMillis(row.eventTimeMillis());
                    long counted =
                            distinct.values().stream()
                                    .filter(event -> shop.equals(event.value(0)))
                                    .filter(event -> event.eventTimeMillis() > after)
                                    .count();
                    assertThat(row.values()).containsExactly(counted, 5 * counted);
                });
    }

    private static void keep(List<FeatureRow> rows, Map<String, FeatureRow> store) {
        rows.forEach(row -> store.put(row.key().get(0), row));
    }
}
