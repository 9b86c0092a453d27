package io.dhara.localstack.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.EntityKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OracleTest {
    private static final EntityKey U1 = new EntityKey("user", List.of("u1"));
    private final Oracle oracle = new Oracle(Map.of("user/activity", Duration.ofSeconds(10)));

    @Test
    void sent_olderAfterNewer_keepsTheNewer() {
        oracle.sent(message(2_000, 2), 2_000);
        oracle.sent(message(1_000, 1), 2_000);
        assertThat(oracle.expected(U1, "activity").values()).containsEntry("views_1d", 2L);
        assertThat(oracle.rows()).isEqualTo(2);
    }

    @Test
    void sent_equalEventTimes_lastSentWins() {
        oracle.sent(message(2_000, 1), 2_000);
        oracle.sent(message(2_000, 2), 2_000);
        assertThat(oracle.expected(U1, "activity").values()).containsEntry("views_1d", 2L);
    }

    @Test
    void sent_pastItsLife_isExpectedNowhere() {
        oracle.sent(message(2_000, 1), 12_001);
        assertThat(oracle.expected(U1, "activity")).isNull();
        assertThat(oracle.expired()).isEqualTo(1);
        assertThat(oracle.keys()).containsExactly(U1);
    }

    @Test
    void isExpired_atItsLastMillisecond_isNotYet() {
        assertThat(oracle.isExpired("user", "activity", 2_999, 12_000)).isFalse();
        assertThat(oracle.isExpired("user", "activity", 2_999, 12_001)).isTrue();
        assertThat(oracle.isExpired("user", "other", 0, Long.MAX_VALUE)).isFalse();
    }

    private static FeatureMessage message(long eventTimeMs, long views) {
        return new FeatureMessage(
                "user", List.of("u1"), Map.of("activity", Map.of("views_1d", views)), eventTimeMs);
    }
}
