package io.dhara.sessionizer.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.interaction.Interaction;
import io.dhara.flink.sink.RejectedRecord;
import io.dhara.flink.sink.Rejection;
import io.dhara.sessionizer.event.ReadRecord;
import io.dhara.sessionizer.event.Records;
import io.dhara.sessionizer.event.UserEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

/** I18: names and labels of metrics are what the documents say. */
class ReadMetricsTest {
    private final Map<String, Counter> counters = new HashMap<>();
    private final ReadMetrics metrics = new ReadMetrics(new RecordingGroup(""));

    /** Keeps every counter under its whole name. */
    private final class RecordingGroup extends UnregisteredMetricsGroup {
        private final String prefix;

        RecordingGroup(String prefix) {
            this.prefix = prefix;
        }

        @Override
        public Counter counter(String name) {
            assertThat(counters).doesNotContainKey(prefix + name);
            return counters.computeIfAbsent(prefix + name, any -> new SimpleCounter());
        }

        @Override
        public MetricGroup addGroup(String name) {
            return new RecordingGroup(prefix + name + ".");
        }

        @Override
        public MetricGroup addGroup(String key, String value) {
            return new RecordingGroup(prefix + key + "." + value + ".");
        }
    }

    private static UserEvent event(String type) {
        return new UserEvent(
                UserEvent.Kind.STORED, new Interaction("u", type, 1, 1, Records.NOW, "", ""));
    }

    private static RejectedRecord rejected(int events, String... reasons) {
        return new RejectedRecord(
                Records.record("x"),
                0,
                events,
                List.of(reasons).stream().map(code -> new Rejection(0, "", code, "")).toList());
    }

    @Test
    void counts_byTypeAndReason_addUp() {
        metrics.count(new ReadRecord(List.of(event("CLICK")), null));
        metrics.count(new ReadRecord(List.of(event("CLICK")), null));
        metrics.count(
                new ReadRecord(
                        List.of(event("ORDER"), event("ORDER")),
                        rejected(2, "bad-field", "bad-field")));
        metrics.count(new ReadRecord(List.of(), rejected(5, "too-old")));
        Map<String, Long> counts = new HashMap<>();
        counters.forEach((name, counter) -> counts.put(name, counter.getCount()));
        assertThat(counts)
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "dhara.recordsIn", 4L,
                                "dhara.recordsRejected", 2L,
                                "dhara.eventsIn", 11L,
                                "dhara.eventsRejected", 7L,
                                "dhara.type.CLICK.events", 2L,
                                "dhara.type.ORDER.events", 2L,
                                "dhara.reason.bad-field.records", 1L,
                                "dhara.reason.too-old.records", 1L));
    }
}
