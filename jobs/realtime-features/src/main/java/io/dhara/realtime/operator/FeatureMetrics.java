package io.dhara.realtime.operator;

import java.util.function.LongSupplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** What the feature operator of a group counts, in the group {@code dhara}. */
final class FeatureMetrics {
    /** Events that came more than the lateness after the clock: they count nowhere. */
    final Counter late;

    /** Events whose id was counted before: they do not count again. */
    final Counter duplicates;

    /** Rows given. */
    final Counter rows;

    /** Times a key was looked at and its values had not changed. */
    final Counter unchanged;

    /** Keys whose state was dropped because nothing of it was left. */
    final Counter cleared;

    /** Timers that came due. */
    final Counter timers;

    private final MetricGroup group;

    FeatureMetrics(MetricGroup operator) {
        group = operator.addGroup("dhara");
        late = group.counter("lateEvents");
        duplicates = group.counter("duplicateEvents");
        rows = group.counter("featureRows");
        unchanged = group.counter("unchangedKeys");
        cleared = group.counter("clearedKeys");
        timers = group.counter("keyTimers");
    }

    /**
     * @param clockMillis event time of the operator, epoch milliseconds
     */
    void showClock(LongSupplier clockMillis) {
        group.<Long, Gauge<Long>>gauge("clockMillis", clockMillis::getAsLong);
    }
}
