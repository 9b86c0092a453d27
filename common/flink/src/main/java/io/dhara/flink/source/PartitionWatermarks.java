package io.dhara.flink.source;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.util.clock.RelativeClock;

/**
 * How far the event time of one partition has come: to its newest event, but never ahead of the
 * clock, less the lateness. A partition that is quiet becomes idle and holds the others back no
 * longer.
 *
 * <p>When quiet partitions wake with a backlog, the first to be read must not run through hours of
 * event time while the others still count as idle: all their events would come late. So a partition
 * that wakes with an event older than the lateness waits as long before it moves its clock as it
 * takes to be called quiet.
 *
 * @param <T> record
 */
public final class PartitionWatermarks<T> implements WatermarkGenerator<T> {
    /** Event time of a record that has none, which moves nothing. */
    public static final long NO_TIME = Long.MIN_VALUE;

    private final long latenessMillis;
    private final long idleAfterNanos;
    private final ToLongFunction<T> eventTime;
    private final RelativeClock activity;
    private final LongSupplier nowMillis;
    private long newestMillis = NO_TIME;
    private long emittedMillis = NO_TIME;
    private long lastRecordNanos;
    private long waitsUntilNanos;
    private boolean waits;
    private boolean idle;

    /**
     * @param lateness how much later than newer events of its partition an event may come
     * @param idleAfter quiet time after which a partition is idle
     * @param eventTime of a record, epoch milliseconds, or {@link #NO_TIME}
     * @param activity stands still while the source may not go on (backpressure)
     * @param nowMillis wall clock, epoch milliseconds
     */
    public PartitionWatermarks(
            Duration lateness,
            Duration idleAfter,
            ToLongFunction<T> eventTime,
            RelativeClock activity,
            LongSupplier nowMillis) {
        this.latenessMillis = lateness.toMillis();
        this.idleAfterNanos = idleAfter.toNanos();
        this.eventTime = eventTime;
        this.activity = activity;
        this.nowMillis = nowMillis;
        this.lastRecordNanos = activity.relativeTimeNanos();
    }

    @Override
    public void onEvent(T event, long timestampMillis, WatermarkOutput output) {
        long millis = eventTime.applyAsLong(event);
        lastRecordNanos = activity.relativeTimeNanos();
        if (idle) {
            idle = false;
            output.markActive();
            waits = millis != NO_TIME && millis < nowMillis.getAsLong() - latenessMillis;
            waitsUntilNanos = lastRecordNanos + idleAfterNanos;
        }
        newestMillis = Math.max(newestMillis, millis);
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        long now = activity.relativeTimeNanos();
        waits &= now - waitsUntilNanos < 0;
        // An event of exactly the watermark's time would be late, hence one less.
        long millis =
                newestMillis == NO_TIME
                        ? NO_TIME
                        : Math.min(newestMillis, nowMillis.getAsLong()) - latenessMillis - 1;
        if (!waits && millis > emittedMillis) {
            emittedMillis = millis;
            output.emitWatermark(new Watermark(millis));
        } else if (!idle && now - lastRecordNanos >= idleAfterNanos) {
            idle = true;
            output.markIdle();
        }
    }
}
