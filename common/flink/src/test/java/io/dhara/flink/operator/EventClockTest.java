package io.dhara.flink.operator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EventClockTest {
    private final EventClock clock = new EventClock(1_000, EventClock.UNKNOWN);

    @Test
    void watermark_moves_neverBack() {
        clock.watermark(50);
        clock.watermark(40);
        assertThat(clock.millis()).isEqualTo(50);
    }

    @Test
    void tick_whileInputsAreActive_doesNotMove() {
        clock.watermark(50);
        assertThat(clock.tick(100_000)).isFalse();
        assertThat(clock.millis()).isEqualTo(50);
    }

    @Test
    void tick_whileIdle_movesByWhatPassed() {
        clock.watermark(50);
        clock.idle(10_000);
        clock.tick(10_400);
        clock.tick(11_300);
        assertThat(clock.millis()).isEqualTo(50 + 1_300);
    }

    @Test
    void tick_afterAStall_countsOneTick() {
        clock.watermark(50);
        clock.idle(10_000);
        clock.tick(3_610_000);
        assertThat(clock.millis()).isEqualTo(1_050);
    }

    @Test
    void idleTold_twice_startsOnce() {
        clock.watermark(0);
        clock.idle(10_000);
        clock.idle(10_900);
        clock.tick(11_000);
        assertThat(clock.millis()).isEqualTo(1_000);
    }

    @Test
    void active_watermarkBehindIdleTime_waitsForIt() {
        clock.watermark(0);
        clock.idle(0);
        clock.tick(900);
        clock.active();
        clock.watermark(500);
        assertThat(clock.millis()).isEqualTo(900);
        clock.watermark(901);
        assertThat(clock.millis()).isEqualTo(901);
    }

    @Test
    void tick_beforeAnyWatermark_knowsNoTime() {
        clock.idle(0);
        assertThat(clock.tick(1_000)).isFalse();
        assertThat(clock.millis()).isEqualTo(EventClock.UNKNOWN);
    }

    @Test
    void restored_goesOnWhileIdle() {
        EventClock restored = new EventClock(1_000, 77);
        restored.idle(0);
        restored.tick(1_000);
        assertThat(restored.millis()).isEqualTo(1_077);
    }

    @Test
    void tick_wallClockGoesBack_doesNotMove() {
        clock.watermark(5);
        clock.idle(10_000);
        assertThat(clock.tick(9_000)).isFalse();
        assertThat(clock.millis()).isEqualTo(5);
    }
}
