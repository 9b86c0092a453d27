package io.dhara.sessionizer.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GrowingClockTest {
    @Test
    void next_startsNow_andGrowsByOne() {
        GrowingClock clock = new GrowingClock(1_000, 0);
        assertThat(clock.next()).isEqualTo(1_000);
        assertThat(clock.next()).isEqualTo(1_001);
        assertThat(clock.highest()).isEqualTo(1_001);
    }

    @Test
    void restored_onAClockThatIsBehind_isAboveWhatTheFormerAttemptCanHaveUsed() {
        GrowingClock former = new GrowingClock(5_000, 0);
        long atCheckpoint = former.next();
        GrowingClock later = new GrowingClock(1_000, atCheckpoint);
        for (int i = 0; i < 1_000; i++) {
            former.next();
        }
        assertThat(later.next()).isGreaterThan(former.highest());
    }

    @Test
    void own_areThoseOfThisAttempt() {
        GrowingClock clock = new GrowingClock(10_000_000, 20);
        assertThat(clock.isOwn(20)).isFalse();
        assertThat(clock.isOwn(clock.next())).isTrue();
    }
}
