package io.dhara.ingest.operator;

import io.dhara.flink.sink.RejectedRecord;
import io.dhara.flink.sink.Rejection;
import io.dhara.ingest.domain.ReadResult;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * What reading counts, in the group {@code dhara}. Unit of the {@code rows} counters: one entity
 * key x one feature group of a message. Over all subtasks, when nothing is on its way:
 *
 * <pre>
 * rowsIn = rowsWritten (sinks) + rowsCombined (read + combine) + rowsRejected (read)
 *        + rowsRefused (sinks) + rowsExpired (read + sinks)
 * </pre>
 */
final class IngestMetrics {
    static final String GROUP = "dhara";
    static final String ROWS_COMBINED = "rowsCombined";

    private final MetricGroup group;
    private final Counter messagesIn;
    private final Counter messagesRejected;
    private final Counter rowsIn;
    private final Counter rowsRejected;
    private final Counter rowsExpired;
    private final Counter rowsCombined;
    private final Counter rowsLenientFp64;
    private final Map<String, Counter> messagesByReason = new HashMap<>();

    IngestMetrics(MetricGroup operator) {
        this.group = operator.addGroup(GROUP);
        this.messagesIn = group.counter("messagesIn");
        this.messagesRejected = group.counter("messagesRejected");
        this.rowsIn = group.counter("rowsIn");
        this.rowsRejected = group.counter("rowsRejected");
        this.rowsExpired = group.counter("rowsExpired");
        this.rowsCombined = group.counter(ROWS_COMBINED);
        this.rowsLenientFp64 = group.counter("rowsLenientFp64");
    }

    void count(ReadResult result) {
        messagesIn.inc();
        rowsIn.inc(result.unitsIn());
        rowsCombined.inc(result.combined());
        rowsExpired.inc(result.expired());
        rowsLenientFp64.inc(result.lenientFp64());
        RejectedRecord rejected = result.rejected();
        if (rejected != null) {
            messagesRejected.inc();
            rowsRejected.inc(rejected.rejected());
            rejected.rejections().stream()
                    .map(Rejection::reason)
                    .distinct()
                    .forEach(this::countReason);
        }
    }

    /** Messages rejected for this reason, at least in part: {@code reason.<code>.messages}. */
    private void countReason(String reason) {
        messagesByReason
                .computeIfAbsent(reason, code -> group.addGroup("reason", code).counter("messages"))
                .inc();
    }
}
