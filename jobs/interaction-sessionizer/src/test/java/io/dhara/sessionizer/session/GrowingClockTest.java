package io.dhara.sessionizer.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GrowingClockTest {
    @Test
    void next_startsNow_andGrowsByOne() {
        GrowingClock clock = new GrowingClock(1_000, 0, 0);
        assertThat(clock.next()).isEqualTo(1_000);
        assertThat(clock.next()).isEqualTo(1_001);
        assertThat(clock.highest()).isEqualTo(1_001);
    }

    @Test
    void attempts_fromOneCheckpoint_neverShareANumber() {
        long checkpoint = new GrowingClock(5_000_000, 0, 0).next();
        for (long now : new long[] {1_000, 9_000_000}) {
            GrowingClock former = new GrowingClock(now, checkpoint, 3);
            for (int i = 0; i < 1_000; i++) {
                former.next();
            }
            GrowingClock later = new GrowingClock(now + 10_000, checkpoint, 4);
            assertThat(later.next()).isGreaterThan(former.highest());
            assertThat(later.isOwn(former.highest())).isFalse();
        }
    }

    @Test
    void own_areThoseOfThisAttempt() {
        GrowingClock clock = new GrowingClock(10_000_000, 20, 0);
        assertThat(clock.isOwn(20)).isFalse();
        assertThat(clock.isOwn(clock.next())).isTrue();
    }
}
