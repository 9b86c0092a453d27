package io.dhara.realtime.operator;

import static io.dhara.realtime.operator.FeatureBed.DEFINITION;
import static io.dhara.realtime.operator.FeatureBed.MAX_PARALLELISM;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.flink.feature.FeatureRow;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** Restored under another parallelism. */
class FeatureRescaleTest {
    private static final int SHOPS = 20;

    private static String shop(int i) {
        return "shop-" + i;
    }

    private static int subtask(String shop, int parallelism) {
        return KeyGroupRangeAssignment.assignKeyToParallelOperator(
                shop, MAX_PARALLELISM, parallelism);
    }

    @Test
    void scaledUpAndDown_keepsCountsTimersAndTheSmallestClock() throws Exception {
        OperatorSubtaskState state;
        try (FeatureBed one = FeatureBed.fresh()) {
            for (int i = 0; i < SHOPS; i++) {
                one.created(shop(i), "o1", 10);
            }
            one.watermark(20);
            state = one.snapshot();
        }
        List<OperatorSubtaskState> states = new ArrayList<>();
        for (int subtask = 0; subtask < 2; subtask++) {
            OperatorSubtaskState own =
                    AbstractStreamOperatorTestHarness.repartitionOperatorState(
                            state, MAX_PARALLELISM, 1, 2, subtask);
            try (FeatureBed two = FeatureBed.part(DEFINITION, 2, subtask, own, -86_400)) {
                for (int i = 0; i < SHOPS; i++) {
                    if (subtask(shop(i), 2) == subtask) {
                        two.created(shop(i), "o2", 30);
                    }
                }
                two.watermark(subtask == 0 ? 650 : 40);
                states.add(two.snapshot());
            }
        }
        OperatorSubtaskState all =
                AbstractStreamOperatorTestHarness.repartitionOperatorState(
                        AbstractStreamOperatorTestHarness.repackageState(
                                states.get(0), states.get(1)),
                        MAX_PARALLELISM,
                        2,
                        1,
                        0);
        try (FeatureBed last = FeatureBed.part(DEFINITION, 1, 0, all, -86_400)) {
            assertThat(last.harness.numEventTimeTimers()).isEqualTo(SHOPS);
            for (int i = 0; i < SHOPS; i++) {
                // Late by the greater clock, not by the smaller one.
                last.created(shop(i), "o3", 35);
            }
            last.flush();
            assertThat(last.late()).isEmpty();
            List<FeatureRow> rows = last.rows();
            assertThat(rows).hasSize(SHOPS).allMatch(row -> row.values().get(0).equals(3L));
        }
    }
}
