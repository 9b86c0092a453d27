package io.dhara.realtime.operator;

import static io.dhara.realtime.operator.FeatureBed.DEFINITION;
import static io.dhara.realtime.operator.FeatureBed.LIMITS;
import static io.dhara.realtime.operator.FeatureBed.T0;
import static io.dhara.realtime.operator.FeatureBed.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.flink.feature.FeatureRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

class FeatureOperatorTest {

    @Test
    void event_givesARowOfItsTime() throws Exception {
        try (FeatureBed bed = FeatureBed.fresh()) {
            bed.created("a", "o1", 10);
            assertThat(bed.rows()).isEmpty();
            bed.flush();
            assertThat(bed.rows())
                    .containsExactly(
                            new FeatureRow(List.of("a"), T0 + 10_000, List.of(1L, 1L, 1L, 2.5)));
        }
    }

    @Test
    void hotKey_givesOneRowInAFlushInterval() throws Exception {
        FeatureLimits few =
                new FeatureLimits(
                        LIMITS.flushInterval(), 7, 1 << 20, LIMITS.tick(), LIMITS.timerSpread());
        try (FeatureBed bed = FeatureBed.fresh(few)) {
            for (int i = 0; i < 1_000; i++) {
                bed.created("a", "o" + i, i / 100.0);
            }
            assertThat(bed.rows()).isEmpty();
            bed.flush();
            assertThat(bed.row()).containsExactly(1_000L, 1_000L, 1_000L, 2_500.0);
            bed.pass(Duration.ofSeconds(10));
            assertThat(bed.rows()).isEmpty();
        }
    }

    @Test
    void event_afterAPause_doesNotWait_theNextWaitsForTheInterval() throws Exception {
        try (FeatureBed bed = FeatureBed.fresh()) {
            bed.created("a", "o1", 10);
            bed.pass(Duration.ofMillis(1));
            assertThat(bed.rows()).hasSize(1);
            bed.created("a", "o2", 11);
            bed.pass(LIMITS.flushInterval().minusMillis(1));
            assertThat(bed.rows()).isEmpty();
            bed.pass(Duration.ofMillis(1));
            assertThat(bed.rows()).hasSize(1);
        }
    }

    @Test
    void eventOutOfOrder_givesARowThatIsLaterThanTheOneBefore() throws Exception {
        try (FeatureBed bed = FeatureBed.fresh()) {
            bed.created("a", "o1", 10);
            bed.flush();
            bed.created("a", "o2", 4);
            bed.flush();
            bed.created("a", "o3", 3);
            bed.flush();
            assertThat(bed.rows())
                    .extracting(FeatureRow::eventTimeMillis)
                    .containsExactly(T0 + 10_000, T0 + 10_001, T0 + 10_002);
        }
    }

    @Test
    void valuesFall_asTheWatermarkPasses() throws Exception {
        try (FeatureBed bed = FeatureBed.fresh()) {
            bed.created("a", "o1", 10);
            bed.created("a", "o2", 40);
            bed.flush();
            assertThat(bed.row()).containsExactly(2L, 2L, 2L, 5.0);
            bed.watermark(69);
            bed.flush();
            assertThat(bed.rows()).isEmpty();
            bed.watermark(71);
            bed.flush();
            assertThat(bed.row()).containsExactly(2L, 1L, 2L, 5.0);
            bed.watermark(110);
            bed.flush();
            assertThat(bed.row()).containsExactly(2L, 0L, 2L, 5.0);
        }
    }

    @Test
    void valuesFall_whileEveryInputIsIdle() throws Exception {
        try (FeatureBed bed = FeatureBed.fresh()) {
            bed.created("a", "o1", 10);
            bed.watermark(10);
            bed.flush();
            assertThat(bed.row()).containsExactly(1L, 1L, 1L, 2.5);
            bed.idle();
            bed.pass(Duration.ofSeconds(59));
            assertThat(bed.rows()).isEmpty();
            bed.pass(Duration.ofSeconds(3));
            assertThat(bed.row()).containsExactly(1L, 0L, 1L, 2.5);
        }
    }

    @Test
    void clockThatJumps_givesOneRow() throws Exception {
        try (FeatureBed bed = FeatureBed.fresh()) {
            for (int i = 0; i < 100; i++) {
                bed.created("a", "o" + i, i);
            }
            bed.flush();
            bed.rows();
            bed.watermark(250);
            bed.flush();
            assertThat(bed.row()).containsExactly(100L, 0L, 100L, 250.0);
        }
    }

    @Test
    void key_hasAtMostOneTimer() throws Exception {
        try (FeatureBed bed = FeatureBed.fresh()) {
            for (int i = 0; i < 200; i++) {
                bed.created("a", "o" + i, i * 3 % 100);
                bed.created("b", "o" + i, i * 7 % 100);
                bed.flush();
                if (i % 10 == 0) {
                    bed.watermark(i);
                }
                assertThat(bed.harness.numEventTimeTimers()).isLessThanOrEqualTo(2);
            }
            bed.flush();
            assertThat(bed.harness.numEventTimeTimers()).isEqualTo(2);
        }
    }

    @Test
    void keyWithoutValues_givesThemAndIsForgottenAfterTheLateness() throws Exception {
        try (FeatureBed bed = FeatureBed.onHeap(DEFINITION, null, -86_400)) {
            bed.created("a", "o1", 10);
            bed.add(event("a", "o1", "done", 12));
            bed.flush();
            bed.rows();
            bed.watermark(400);
            bed.flush();
            assertThat(bed.row()).containsExactly(0L, 0L, 0L, 0.0);
            bed.watermark(3_700);
            bed.flush();
            assertThat(bed.rows()).isEmpty();
            assertThat(bed.keysInState()).isEqualTo(1);
            bed.watermark(4_400);
            bed.flush();
            assertThat(bed.rows()).isEmpty();
            assertThat(bed.keysInState()).isZero();
            assertThat(bed.harness.numEventTimeTimers()).isZero();
            assertThat(bed.harness.numKeyedStateEntries()).isZero();
        }
    }

    @Test
    void eventForAKeyThatFellEmpty_isNotLostBehindTheEmptyRow() throws Exception {
        try (FeatureBed bed = FeatureBed.fresh()) {
            bed.add(event("a", "o1", "seen", 10));
            bed.flush();
            bed.rows();
            bed.watermark(400);
            bed.flush();
            FeatureRow empty = bed.rows().get(0);
            assertThat(empty.values()).containsExactly(0L, 0L, 0L, 0.0);
            bed.add(event("a", "o1", "seen", 350));
            bed.flush();
            FeatureRow row = bed.rows().get(0);
            assertThat(row.values()).containsExactly(0L, 1L, 1L, 2.5);
            assertThat(row.eventTimeMillis()).isGreaterThan(empty.eventTimeMillis());
        }
    }

    @Test
    void lateEvent_goesAsideAndCountsNowhere() throws Exception {
        try (FeatureBed bed = FeatureBed.fresh()) {
            bed.created("a", "o1", 700);
            bed.watermark(700);
            bed.created("a", "o2", 101);
            bed.created("a", "o3", 100);
            bed.created("b", "o4", 100);
            bed.flush();
            assertThat(bed.late())
                    .containsExactly(
                            event("a", "o3", "created", 100), event("b", "o4", "created", 100));
            assertThat(bed.row()).containsExactly(2L, 1L, 1L, 2.5);
            assertThat(bed.keysInState()).isEqualTo(1);
        }
    }

    @Test
    void event_isJudgedByTheClockOfWhenItCame() throws Exception {
        try (FeatureBed bed = FeatureBed.fresh()) {
            bed.created("a", "o1", 100);
            bed.watermark(701);
            bed.flush();
            assertThat(bed.late()).isEmpty();
            assertThat(bed.row()).containsExactly(1L, 0L, 0L, 0.0);
        }
    }

    @Test
    void sameValues_giveNoRow() throws Exception {
        try (FeatureBed bed = FeatureBed.fresh()) {
            bed.created("a", "o1", 10);
            bed.flush();
            bed.rows();
            bed.created("a", "o2", 5_000);
            bed.watermark(1_000);
            bed.flush();
            bed.rows();
            bed.created("a", "o2", 4_400);
            bed.flush();
            assertThat(bed.rows()).isEmpty();
        }
    }

    @Test
    void restoredBetweenEverySteps_countsEachEventOnce() throws Exception {
        FeatureBed bed = FeatureBed.fresh();
        List<FeatureRow> last = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            bed.created(i % 2 == 0 ? "a" : "b", "o" + i, i);
            OperatorSubtaskState state = bed.snapshot();
            List<FeatureRow> rows = bed.rows();
            if (!rows.isEmpty()) {
                last = rows;
            }
            bed.close();
            bed = FeatureBed.restored(DEFINITION, state, -86_400);
            assertThat(bed.harness.numEventTimeTimers()).isEqualTo(Math.min(2, i + 1));
        }
        bed.close();
        assertThat(last.get(0).values()).containsExactly(15L, 15L, 15L, 37.5);
    }

    @Test
    void restored_keepsItsClock() throws Exception {
        OperatorSubtaskState state;
        try (FeatureBed bed = FeatureBed.fresh()) {
            bed.created("a", "o1", 700);
            bed.watermark(700);
            state = bed.snapshot();
        }
        try (FeatureBed bed = FeatureBed.restored(DEFINITION, state, 0)) {
            bed.created("a", "o2", 100);
            bed.flush();
            assertThat(bed.late()).hasSize(1);
            bed.idle();
            bed.pass(Duration.ofSeconds(62));
            assertThat(bed.row()).containsExactly(1L, 0L, 1L, 2.5);
        }
    }

    @Test
    void restored_rowsUpToTheRestartAreGivenAgainOnce() throws Exception {
        OperatorSubtaskState state;
        try (FeatureBed bed = FeatureBed.fresh()) {
            bed.created("a", "o1", 10);
            state = bed.snapshot();
        }
        // Before the crash a row of up to second 20 may have been given.
        try (FeatureBed bed = FeatureBed.restored(DEFINITION, state, 20)) {
            bed.created("a", "o2", 9);
            bed.flush();
            assertThat(bed.row()).containsExactly(2L, 2L, 2L, 5.0);
            bed.watermark(21);
            bed.flush();
            List<FeatureRow> again = bed.rows();
            assertThat(again).hasSize(1);
            assertThat(again.get(0).values()).containsExactly(2L, 2L, 2L, 5.0);
            assertThat(again.get(0).eventTimeMillis()).isGreaterThan(T0 + 20_000);
            bed.watermark(60);
            bed.flush();
            assertThat(bed.rows()).isEmpty();
        }
    }

    @Test
    void addedFeatures_startFromWhatIsThere_andOldOnesKeepCounting() throws Exception {
        OperatorSubtaskState state;
        try (FeatureBed bed = FeatureBed.fresh()) {
            for (int i = 0; i < 40; i++) {
                bed.created("a", "o" + i, i * 3);
            }
            state = bed.snapshot();
        }
        String more =
                DEFINITION.replace("[1 min, 5 min]", "[1 min, 2 min, 5 min]")
                        + "      - {name: last_order, aggregate: last, of: order, windows: [5 min]}\n";
        OperatorSubtaskState next;
        try (FeatureBed bed = FeatureBed.restored(more, state, -86_400)) {
            bed.created("a", "x", 118);
            bed.flush();
            assertThat(bed.row()).containsExactly(41L, 21L, 41L, 41L, 102.5, "x");
            next = bed.snapshot();
        }
        try (FeatureBed bed = FeatureBed.restored(DEFINITION, next, -86_400)) {
            bed.created("a", "y", 119);
            bed.flush();
            assertThat(bed.row()).containsExactly(42L, 22L, 42L, 105.0);
        }
    }

    @Test
    void manyKeysDueAtOnce_areTakenInPortions() throws Exception {
        FeatureLimits few =
                new FeatureLimits(
                        LIMITS.flushInterval(), 10, 1 << 20, LIMITS.tick(), LIMITS.timerSpread());
        try (FeatureBed bed = FeatureBed.fresh(few)) {
            for (int i = 0; i < 95; i++) {
                bed.created("shop-" + i, "o", 10);
            }
            bed.flush();
            assertThat(bed.rows()).hasSize(95);
            bed.watermark(100);
            bed.pass(Duration.ofMillis(200));
            assertThat(bed.rows()).hasSize(95).allMatch(row -> row.values().get(1).equals(0L));
        }
    }
}
