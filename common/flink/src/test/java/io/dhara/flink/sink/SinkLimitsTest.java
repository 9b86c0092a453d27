package io.dhara.flink.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.config.ConfigException;
import io.dhara.core.config.Settings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SinkLimitsTest {
    @Test
    void defaults_arePinned() {
        Settings settings = Settings.parse(Map.of());
        SinkLimits limits = SinkLimits.from(settings, "ingest.sink");
        settings.finish();

        assertThat(limits)
                .isEqualTo(
                        new SinkLimits(
                                256,
                                1_048_576,
                                4,
                                20_000,
                                67_108_864,
                                Duration.ofMillis(5),
                                Duration.ofSeconds(30),
                                new RetryPolicy(Duration.ofMillis(50), Duration.ofSeconds(5))));
    }

    @Test
    void everyKey_isMapped() {
        Settings settings =
                Settings.parse(
                        Map.of(
                                "s.max-batch-rows", "10",
                                "s.max-batch-bytes", "2 kb",
                                "s.max-in-flight-batches", "3",
                                "s.max-pending-rows", "40",
                                "s.max-pending-bytes", "5 kb",
                                "s.linger", "6 ms",
                                "s.request-timeout", "7 s",
                                "s.retry-initial", "8 ms",
                                "s.retry-max", "9 s"));
        SinkLimits limits = SinkLimits.from(settings, "s");
        settings.finish();

        assertThat(limits)
                .isEqualTo(
                        new SinkLimits(
                                10,
                                2_048,
                                3,
                                40,
                                5_120,
                                Duration.ofMillis(6),
                                Duration.ofSeconds(7),
                                new RetryPolicy(Duration.ofMillis(8), Duration.ofSeconds(9))));
    }

    @Test
    void pendingBelowABatch_isReportedWithTheOtherProblems() {
        Settings settings =
                Settings.parse(Map.of("s.max-pending-rows", "5", "s.retry-max", "soon"));
        SinkLimits.from(settings, "s");

        assertThatThrownBy(settings::finish)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("s.retry-max")
                .hasMessageContaining("max-pending-rows must be at least 256: got 5");
    }
}
