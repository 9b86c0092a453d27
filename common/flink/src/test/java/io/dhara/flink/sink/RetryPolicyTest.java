package io.dhara.flink.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class RetryPolicyTest {
    private final SplittableRandom random = new SplittableRandom(5);

    @Test
    void delay_doublesToTheMaximumWithJitter() {
        RetryPolicy policy = new RetryPolicy(Duration.ofMillis(50), Duration.ofSeconds(5));
        for (int round = 0; round < 1_000; round++) {
            assertThat(policy.delayMillis(1, random)).isBetween(25L, 50L);
            assertThat(policy.delayMillis(3, random)).isBetween(100L, 200L);
            assertThat(policy.delayMillis(8, random)).isBetween(2_500L, 5_000L);
        }
    }

    @Test
    void delay_anyNumberOfFailures_neverOverflows() {
        RetryPolicy policy = new RetryPolicy(Duration.ofMillis(3), Duration.ofDays(100_000));
        for (int failures : new int[] {1, 31, 32, 33, 62, 63, 64, 1_000, Integer.MAX_VALUE}) {
            assertThat(policy.delayMillis(failures, random))
                    .isBetween(1L, Duration.ofDays(100_000).toMillis());
        }
    }

    @Test
    void policy_maxBelowInitial_isRefused() {
        assertThatThrownBy(() -> new RetryPolicy(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .hasMessage("max backoff must be at least the initial backoff PT2S: got PT1S");
    }
}
