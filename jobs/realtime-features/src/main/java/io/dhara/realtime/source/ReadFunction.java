package io.dhara.realtime.source;

import io.dhara.flink.sink.RejectedRecord;
import io.dhara.flink.sink.Rejection;
import io.dhara.realtime.domain.event.FeatureEvent;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Parts what was read: events go on, rejected records to {@link #REJECTED}. Counts, in the group
 * {@code dhara}: {@code recordsIn}, {@code recordsRejected} and of each reason {@code
 * reason.<code>.records}.
 */
final class ReadFunction extends ProcessFunction<ReadEvent, FeatureEvent> {
    private static final long serialVersionUID = 1L;

    static final OutputTag<RejectedRecord> REJECTED =
            new OutputTag<>("rejected", RejectedRecord.TYPE);

    private transient MetricGroup group;
    private transient Counter recordsIn;
    private transient Counter recordsRejected;
    private transient Map<String, Counter> recordsByReason;

    @SuppressWarnings("NullAway.Init") // open sets the metrics
    ReadFunction() {}

    @Override
    public void open(OpenContext context) {
        group = getRuntimeContext().getMetricGroup().addGroup("dhara");
        recordsIn = group.counter("recordsIn");
        recordsRejected = group.counter("recordsRejected");
        recordsByReason = new HashMap<>();
    }

    @Override
    public void processElement(ReadEvent read, Context context, Collector<FeatureEvent> out) {
        recordsIn.inc();
        FeatureEvent event = read.event();
        if (event != null) {
            out.collect(event);
        }
        RejectedRecord rejected = read.rejected();
        if (rejected != null) {
            recordsRejected.inc();
            rejected.rejections().stream().map(Rejection::reason).distinct().forEach(this::count);
            context.output(REJECTED, rejected);
        }
    }

    private void count(String reason) {
        recordsByReason
                .computeIfAbsent(reason, code -> group.addGroup("reason", code).counter("records"))
                .inc();
    }
}
