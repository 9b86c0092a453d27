package io.dhara.sessionizer.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.interaction.Interaction;
import io.dhara.sessionizer.event.EventReader;
import io.dhara.sessionizer.event.ReadRecord;
import io.dhara.sessionizer.event.Records;
import io.dhara.sessionizer.event.UserEvent;
import io.dhara.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.junit.jupiter.api.Test;

class EventTimeWatermarksTest {
    private static final long NOW = Records.NOW;
    private static final long LATENESS = 60_000;

    private final ManualClock clock = new ManualClock(Instant.ofEpochMilli(NOW));
    private final EventTimeWatermarks.Generator partition =
            new EventTimeWatermarks.Generator(LATENESS, clock::millis);
    private final List<Long> emitted = new ArrayList<>();
    private final WatermarkOutput output =
            new WatermarkOutput() {
                @Override
                public void emitWatermark(Watermark watermark) {
                    emitted.add(watermark.getTimestamp());
                }

                @Override
                public void markIdle() {
                    throw new AssertionError("quiet is not for the generator to see");
                }

                @Override
                public void markActive() {
                    throw new AssertionError("quiet is not for the generator to see");
                }
            };

    private static ReadRecord eventAt(long millis) {
        Interaction click = new Interaction("u", "CLICK", 1, 1, millis, "", "");
        return new ReadRecord(List.of(new UserEvent(UserEvent.Kind.STORED, click)), null);
    }

    private long watermarkAfter(ReadRecord read) {
        partition.onEvent(read, 0, output);
        assertThat(emitted).isEmpty();
        partition.onPeriodicEmit(output);
        return emitted.remove(0);
    }

    @Test
    void watermark_isTheNewestEventLessTheLateness() {
        assertThat(watermarkAfter(eventAt(NOW - 5))).isEqualTo(NOW - 5 - LATENESS - 1);
        assertThat(watermarkAfter(eventAt(NOW - 900_000))).isEqualTo(NOW - 5 - LATENESS - 1);
        assertThat(watermarkAfter(eventAt(NOW - 3))).isEqualTo(NOW - 3 - LATENESS - 1);
    }

    /** A phone whose clock is five minutes fast must not close the sessions of other users. */
    @Test
    void watermark_isNeverAheadOfTheClock() {
        assertThat(watermarkAfter(eventAt(NOW + 300_000))).isEqualTo(NOW - LATENESS - 1);
        clock.advance(Duration.ofSeconds(1));
        assertThat(watermarkAfter(eventAt(NOW))).isEqualTo(NOW + 1000 - LATENESS - 1);
    }

    @Test
    void rejectedRecord_movesNothing() {
        partition.onEvent(EventReader.failed(Records.record("x"), "d"), NOW, output);
        partition.onPeriodicEmit(output);
        assertThat(emitted).isEmpty();
    }

    @Test
    void timestamp_isTheEventTime_ofARejectedRecordKafkas() {
        var assigner = EventTimeWatermarks.DEFAULT.strategy().createTimestampAssigner(() -> null);
        assertThat(assigner.extractTimestamp(eventAt(5), 7)).isEqualTo(5);
        assertThat(assigner.extractTimestamp(EventReader.failed(Records.record("x"), "d"), 7))
                .isEqualTo(7);
    }

    @Test
    void idleAfterZero_isRefused() {
        assertThatThrownBy(() -> new EventTimeWatermarks(Duration.ZERO, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("idle-after");
    }
}
