package io.dhara.flink.sink;

import java.util.Collection;
import java.util.function.LongSupplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * What a sink subtask reports. Per store, in a group {@code store.<id>}: counters {@code
 * rowsWritten}, {@code rowsExpired}, {@code rowsRefused}, {@code rowsRetried} (attempts, not rows
 * lost), histogram {@code batchMillis} (call to last acknowledgement), gauges {@code rowsInFlight}
 * and {@code outageSeconds} (since the failure after which nothing got through; 0 when the store
 * answers). Over all stores: {@code pendingRows} and {@code pendingBytes}, which the limits bound.
 */
final class SinkMetrics {
    private static final int LATENCY_WINDOW = 1_000;
    private static final long MILLIS_PER_SECOND = 1_000;

    /** Counters of one store. */
    record OfStore(
            Counter written, Counter expired, Counter refused, Counter retried, Histogram batch) {}

    private final MetricGroup group;
    private final LongSupplier clockMillis;

    SinkMetrics(MetricGroup group, LongSupplier clockMillis) {
        this.group = group;
        this.clockMillis = clockMillis;
    }

    void showPending(LongSupplier rows, LongSupplier bytes) {
        group.gauge("pendingRows", rows::getAsLong);
        group.gauge("pendingBytes", bytes::getAsLong);
    }

    OfStore show(StoreLane lane) {
        MetricGroup store = group.addGroup("store", lane.storeId());
        store.gauge("rowsInFlight", lane::rowsInFlight);
        store.gauge(
                "outageSeconds",
                () -> lane.downMillis(clockMillis.getAsLong()) / MILLIS_PER_SECOND);
        return new OfStore(
                store.counter("rowsWritten"),
                store.counter("rowsExpired"),
                store.counter("rowsRefused"),
                store.counter("rowsRetried"),
                store.histogram("batchMillis", new DescriptiveStatisticsHistogram(LATENCY_WINDOW)));
    }

    static void count(OfStore store, Collection<SettledWrite> settled) {
        for (SettledWrite write : settled) {
            switch (write.outcome()) {
                case APPLIED -> store.written().inc();
                case EXPIRED -> store.expired().inc();
                case REFUSED -> store.refused().inc();
            }
        }
    }
}
