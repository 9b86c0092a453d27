package io.dhara.sessionizer.operator;

import io.dhara.flink.sink.RejectedRecord;
import io.dhara.sessionizer.event.ReadRecord;
import io.dhara.sessionizer.event.UserEvent;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Parts what was read: good events go on, rejected records to {@link #REJECTED}. */
public final class ReadFunction extends ProcessFunction<ReadRecord, UserEvent> {
    private static final long serialVersionUID = 1L;

    /** Records with at least one rejected event. */
    public static final OutputTag<RejectedRecord> REJECTED =
            new OutputTag<>("rejected", RejectedRecord.TYPE);

    private transient ReadMetrics metrics;

    @SuppressWarnings("NullAway.Init") // open sets the metrics
    public ReadFunction() {}

    @Override
    public void open(OpenContext context) {
        metrics = new ReadMetrics(getRuntimeContext().getMetricGroup());
    }

    @Override
    public void processElement(ReadRecord read, Context context, Collector<UserEvent> out) {
        metrics.count(read);
        for (UserEvent event : read.events()) {
            out.collect(event);
        }
        RejectedRecord rejected = read.rejected();
        if (rejected != null) {
            context.output(REJECTED, rejected);
        }
    }
}
