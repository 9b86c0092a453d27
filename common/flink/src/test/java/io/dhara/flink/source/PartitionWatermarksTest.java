package io.dhara.flink.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.util.clock.ManualClock;
import org.junit.jupiter.api.Test;

class PartitionWatermarksTest {
    private static final long NOW = 1_750_000_000_000L;
    private static final long LATENESS = 60_000;
    private static final Duration IDLE_AFTER = Duration.ofSeconds(10);

    private final ManualClock activity = new ManualClock();
    private long now = NOW;
    private final PartitionWatermarks<Long> partition =
            new PartitionWatermarks<>(
                    Duration.ofMillis(LATENESS), IDLE_AFTER, Long::longValue, activity, () -> now);
    private final List<String> told = new ArrayList<>();
    private final WatermarkOutput output =
            new WatermarkOutput() {
                @Override
                public void emitWatermark(Watermark watermark) {
                    told.add(String.valueOf(watermark.getTimestamp() + LATENESS + 1 - NOW));
                }

                @Override
                public void markIdle() {
                    told.add("idle");
                }

                @Override
                public void markActive() {
                    told.add("active");
                }
            };

    private void event(long beforeNow) {
        partition.onEvent(NOW - beforeNow, 0, output);
    }

    private List<String> told() {
        partition.onPeriodicEmit(output);
        List<String> now = List.copyOf(told);
        told.clear();
        return now;
    }

    private void pass(Duration time) {
        now += time.toMillis();
        activity.advanceTime(time);
    }

    @Test
    void watermark_isTheNewestEventLessTheLateness() {
        event(5);
        assertThat(told()).containsExactly("-5");
        event(900_000);
        assertThat(told()).isEmpty();
        event(3);
        assertThat(told()).containsExactly("-3");
    }

    /** A phone whose clock is five minutes fast must not close the sessions of other users. */
    @Test
    void watermark_isNeverAheadOfTheClock() {
        event(-300_000);
        assertThat(told()).containsExactly("0");
        pass(Duration.ofSeconds(1));
        assertThat(told()).containsExactly("1000");
    }

    @Test
    void recordWithoutTime_movesNothing() {
        partition.onEvent(PartitionWatermarks.NO_TIME, 0, output);
        assertThat(told()).isEmpty();
    }

    @Test
    void quietPartition_isIdleOnce_andActiveWithItsNextEvent() {
        event(5);
        assertThat(told()).containsExactly("-5");
        pass(IDLE_AFTER.minusMillis(1));
        assertThat(told()).isEmpty();
        pass(Duration.ofMillis(1));
        assertThat(told()).containsExactly("idle");
        pass(IDLE_AFTER);
        assertThat(told()).isEmpty();
        event(0);
        assertThat(told()).containsExactly("active", "0");
    }

    @Test
    void partitionThatNeverSent_becomesIdle() {
        pass(IDLE_AFTER);
        assertThat(told()).containsExactly("idle");
    }

    /** Under backpressure the activity clock stands: nothing comes, but nothing is quiet. */
    @Test
    void partitionThatMayNotGoOn_isNotIdle() {
        event(5);
        told();
        now += 3_600_000;
        assertThat(told()).isEmpty();
    }

    /**
     * The partitions of an idle job get an hour's backlog. Were the first one to move the clock at
     * once, all events of those not read yet would be late.
     */
    @Test
    void partitionThatWakesWithABacklog_waitsForTheOthers() {
        pass(IDLE_AFTER);
        assertThat(told()).containsExactly("idle");
        event(3_600_000);
        event(100_000);
        assertThat(told()).containsExactly("active");
        pass(IDLE_AFTER.minusMillis(1));
        event(90_000);
        assertThat(told()).isEmpty();
        pass(Duration.ofMillis(1));
        assertThat(told()).containsExactly("-90000");
    }

    /** Its last watermark comes before it is idle, even if both are due at once. */
    @Test
    void partitionThatWakesWithOneOldEvent_tellsItBeforeItIsIdle() {
        pass(IDLE_AFTER);
        told();
        event(3_600_000);
        assertThat(told()).containsExactly("active");
        pass(IDLE_AFTER);
        assertThat(told()).containsExactly("-3600000");
        assertThat(told()).containsExactly("idle");
    }

    @Test
    void partitionThatWakesWithALiveEvent_doesNotWait() {
        pass(IDLE_AFTER);
        told();
        event(LATENESS - 10_000);
        assertThat(told()).containsExactly("active", String.valueOf(10_000 - LATENESS));
    }
}
