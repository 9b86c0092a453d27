package io.dhara.sessionizer.operator;

import io.dhara.flink.sink.RejectedRecord;
import io.dhara.flink.sink.Rejection;
import io.dhara.sessionizer.event.ReadRecord;
import io.dhara.sessionizer.event.UserEvent;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * What reading counts, in the group {@code dhara}. Over all subtasks {@code eventsIn = sum of
 * type.<NAME>.events + eventsRejected}.
 */
final class ReadMetrics {
    static final String GROUP = "dhara";

    private final MetricGroup group;
    private final Counter recordsIn;
    private final Counter recordsRejected;
    private final Counter eventsIn;
    private final Counter eventsRejected;
    private final Map<String, Counter> eventsByType = new HashMap<>();
    private final Map<String, Counter> recordsByReason = new HashMap<>();

    ReadMetrics(MetricGroup operator) {
        this.group = operator.addGroup(GROUP);
        this.recordsIn = group.counter("recordsIn");
        this.recordsRejected = group.counter("recordsRejected");
        this.eventsIn = group.counter("eventsIn");
        this.eventsRejected = group.counter("eventsRejected");
    }

    void count(ReadRecord read) {
        recordsIn.inc();
        eventsIn.inc(read.size());
        for (UserEvent event : read.events()) {
            countType(event.interaction().type());
        }
        RejectedRecord rejected = read.rejected();
        if (rejected != null) {
            recordsRejected.inc();
            eventsRejected.inc(rejected.rejected());
            rejected.rejections().stream()
                    .map(Rejection::reason)
                    .distinct()
                    .forEach(this::countReason);
        }
    }

    /** Good events of a type: {@code type.<NAME>.events}. */
    private void countType(String type) {
        eventsByType
                .computeIfAbsent(type, name -> group.addGroup("type", name).counter("events"))
                .inc();
    }

    /** Records rejected for this reason, at least in part: {@code reason.<code>.records}. */
    private void countReason(String reason) {
        recordsByReason
                .computeIfAbsent(reason, code -> group.addGroup("reason", code).counter("records"))
                .inc();
    }
}
