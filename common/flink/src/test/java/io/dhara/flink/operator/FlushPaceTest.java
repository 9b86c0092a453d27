package io.dhara.flink.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FlushPaceTest {
    private static final long NOW = 1_767_225_600_000L;

    private final FlushPace pace = new FlushPace(50);

    @Test
    void due_afterAPause_isNow() {
        assertThat(pace.due(NOW)).isEqualTo(NOW);
        pace.flushed(NOW);
        assertThat(pace.due(NOW + 50)).isEqualTo(NOW + 50);
        assertThat(pace.due(NOW + 5_000)).isEqualTo(NOW + 5_000);
    }

    @Test
    void due_soonAfterAFlush_isAnIntervalAfterIt() {
        pace.flushed(NOW);
        assertThat(pace.due(NOW)).isEqualTo(NOW + 50);
        assertThat(pace.due(NOW + 1)).isEqualTo(NOW + 50);
        assertThat(pace.due(NOW + 49)).isEqualTo(NOW + 50);
    }

    @Test
    void due_withAClockThatWasSetBack_isWithinTheInterval() {
        pace.flushed(NOW);
        assertThat(pace.due(NOW - 60_000)).isEqualTo(NOW - 60_000 + 50);
    }

    @Test
    void interval_thatIsNone_isRefused() {
        assertThatThrownBy(() -> new FlushPace(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
