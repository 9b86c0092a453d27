package io.dhara.serving.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StandingQueueTest {
    private static final long TARGET = 3;
    private static final long INTERVAL = 100;

    private final StandingQueue queue = new StandingQueue(TARGET, INTERVAL);
    private long now = 1_000;

    /** Waits seen ten time units apart. */
    private void waits(long... waits) {
        for (long wait : waits) {
            now += 10;
            queue.observe(now, wait);
        }
    }

    private void waits(int times, long wait) {
        for (int i = 0; i < times; i++) {
            waits(wait);
        }
    }

    @Test
    void burst_thatGoesByItself_isServed() {
        waits(20, 1);
        waits(90, 70, 50, 30, 10, 2);

        assertThat(queue.admits(90)).isTrue();
        assertThat(queue.stands()).isFalse();
    }

    @Test
    void everyWaitOfAnInterval_longerThanTheTarget_refusesWhatWaitedLonger() {
        waits(20, 1);
        waits(25, 4);

        assertThat(queue.stands()).isTrue();
        assertThat(queue.admits(TARGET)).isTrue();
        assertThat(queue.admits(TARGET + 1)).isFalse();
    }

    @Test
    void standing_oneShortWait_doesNotEndItWhileCallsAreRefused() {
        waits(25, 4);
        for (int i = 0; i < 50; i++) {
            waits(i % 5 == 0 ? 1 : 4);
            queue.admits(i % 5 == 0 ? 1 : 4);
        }

        assertThat(queue.stands()).isTrue();
    }

    @Test
    void standing_anIntervalWithoutRefusals_endsIt() {
        waits(25, 4);
        queue.admits(4);
        waits(25, 1);

        assertThat(queue.stands()).isFalse();
    }

    @Test
    void standing_thenNothing_isForgotten() {
        waits(25, 4);
        queue.admits(4);
        now += 10 * INTERVAL;
        waits(1, 4);

        assertThat(queue.stands()).isFalse();
    }

    @Test
    void longerThanTheInterval_isRefusedEvenInABurst() {
        waits(5, 1);

        assertThat(queue.admits(INTERVAL + 1)).isFalse();
    }
}
