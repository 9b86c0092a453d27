package io.dhara.sessionizer.operator;

import io.dhara.sessionizer.event.ReadRecord;
import java.io.Serializable;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * How far the event time of a partition has come: to its newest good event, but never ahead of the
 * clock, less the lateness. A rejected record moves nothing, and a sender whose clock is fast
 * cannot close the sessions of others.
 *
 * @param lateness how much later than newer events of its partition an event may come
 * @param idleAfter quiet time after which a partition holds the others back no longer
 */
public record EventTimeWatermarks(Duration lateness, Duration idleAfter) implements Serializable {

    public static final EventTimeWatermarks DEFAULT =
            new EventTimeWatermarks(Duration.ofMinutes(1), Duration.ofSeconds(10));

    public EventTimeWatermarks {
        if (lateness.isNegative() || idleAfter.isNegative() || idleAfter.isZero()) {
            throw new IllegalArgumentException(
                    "lateness must not be negative and idle-after be positive: got "
                            + lateness
                            + ", "
                            + idleAfter);
        }
    }

    /** For a source, which makes one generator a partition. */
    public WatermarkStrategy<ReadRecord> strategy() {
        return new Strategy(lateness.toMillis()).withIdleness(idleAfter);
    }

    private record Strategy(long latenessMillis) implements WatermarkStrategy<ReadRecord> {
        @Override
        public WatermarkGenerator<ReadRecord> createWatermarkGenerator(
                WatermarkGeneratorSupplier.Context context) {
            return new Generator(latenessMillis, System::currentTimeMillis);
        }

        @Override
        public TimestampAssigner<ReadRecord> createTimestampAssigner(
                TimestampAssignerSupplier.Context context) {
            return (read, kafkaTimeMillis) ->
                    read.eventTimeMillis() == ReadRecord.NO_TIME
                            ? kafkaTimeMillis
                            : read.eventTimeMillis();
        }
    }

    /** Of one partition. */
    static final class Generator implements WatermarkGenerator<ReadRecord> {
        private final long latenessMillis;
        private final LongSupplier nowMillis;
        private long newestMillis = ReadRecord.NO_TIME;

        Generator(long latenessMillis, LongSupplier nowMillis) {
            this.latenessMillis = latenessMillis;
            this.nowMillis = nowMillis;
        }

        @Override
        public void onEvent(ReadRecord read, long timestampMillis, WatermarkOutput output) {
            newestMillis = Math.max(newestMillis, read.eventTimeMillis());
        }

        /** An event of exactly the watermark's time would be late, hence one less. */
        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            if (newestMillis != ReadRecord.NO_TIME) {
                long believed = Math.min(newestMillis, nowMillis.getAsLong());
                output.emitWatermark(new Watermark(believed - latenessMillis - 1));
            }
        }
    }
}
