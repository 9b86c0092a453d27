package io.dhara.sessionizer.operator;

import static io.dhara.sessionizer.operator.SessionizeBed.CONFIG;
import static io.dhara.sessionizer.operator.SessionizeBed.MAX_PARALLELISM;
import static io.dhara.sessionizer.operator.SessionizeBed.T0;
import static io.dhara.sessionizer.operator.SessionizeBed.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.sessionizer.tier.ManualTiers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** Restored under another parallelism. */
class SessionizeRescaleTest {
    private static final int USERS = 20;

    private final ManualTiers tiers = new ManualTiers();

    private static String user(int i) {
        return "user-" + i;
    }

    private static int subtask(String user, int parallelism) {
        return KeyGroupRangeAssignment.assignKeyToParallelOperator(
                user, MAX_PARALLELISM, parallelism);
    }

    private SessionizeBed part(OperatorSubtaskState state, int parallelism, int subtask)
            throws Exception {
        return SessionizeBed.start(CONFIG, tiers, parallelism, subtask, state, T0 + 1_000_000L);
    }

    @Test
    void scaledUpAndDown_repeatsUnfinishedFlushes_withOneWriterPerUser() throws Exception {
        SessionizeBed one = SessionizeBed.fresh(tiers);
        for (int i = 0; i < USERS; i++) {
            one.clicks(user(i), 1);
        }
        tiers.gate.hold("write");
        one.watermark(31);
        for (int i = 0; i < USERS; i++) {
            one.clicks(user(i), 40);
        }
        OperatorSubtaskState state = one.snapshot();
        one.close();
        tiers.gate.forgetHeld();
        tiers.gate.forgetCalls();

        List<OperatorSubtaskState> states = new ArrayList<>();
        for (int subtask = 0; subtask < 2; subtask++) {
            OperatorSubtaskState own =
                    AbstractStreamOperatorTestHarness.repartitionOperatorState(
                            state, MAX_PARALLELISM, 1, 2, subtask);
            try (SessionizeBed two = part(own, 2, subtask)) {
                two.settle();
                for (int i = 0; i < USERS; i++) {
                    if (subtask(user(i), 2) == subtask) {
                        two.clicks(user(i), 50);
                    }
                }
                states.add(two.snapshot());
            }
        }
        for (int i = 0; i < USERS; i++) {
            assertThat(tiers.gate.calls("write")).containsOnlyOnce("write " + user(i));
            assertThat(seconds(tiers.cold.times(user(i)))).containsExactly(1L);
        }

        OperatorSubtaskState both =
                AbstractStreamOperatorTestHarness.repackageState(states.get(0), states.get(1));
        OperatorSubtaskState all =
                AbstractStreamOperatorTestHarness.repartitionOperatorState(
                        both, MAX_PARALLELISM, 2, 1, 0);
        try (SessionizeBed last = part(all, 1, 0)) {
            last.watermark(80);
            for (int i = 0; i < USERS; i++) {
                assertThat(seconds(tiers.cold.times(user(i)))).containsExactly(50L, 40L, 1L);
            }
            assertThat(tiers.sessions.records()).hasSize(2 * USERS + duplicates());
            assertThat(tiers.hot.userIds()).isEmpty();
            last.pass(Duration.ofSeconds(1));
        }
    }

    /** What the first attempt published before its writes were held. */
    private int duplicates() {
        return USERS;
    }
}
