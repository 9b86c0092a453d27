package io.dhara.sessionizer.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.interaction.Interaction;
import io.dhara.sessionizer.event.EventReader;
import io.dhara.sessionizer.event.ReadRecord;
import io.dhara.sessionizer.event.Records;
import io.dhara.sessionizer.event.UserEvent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventTimeWatermarksTest {
    private static ReadRecord eventAt(long millis) {
        Interaction click = new Interaction("u", "CLICK", 1, 1, millis, "", "");
        return new ReadRecord(List.of(new UserEvent(UserEvent.Kind.STORED, click)), null);
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
