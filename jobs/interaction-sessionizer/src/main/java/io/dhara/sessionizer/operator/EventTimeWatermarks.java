package io.dhara.sessionizer.operator;

import io.dhara.flink.source.PartitionWatermarks;
import io.dhara.sessionizer.event.ReadRecord;
import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
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
        return new Strategy(lateness, idleAfter);
    }

    private record Strategy(Duration lateness, Duration idleAfter)
            implements WatermarkStrategy<ReadRecord> {
        @Override
        public WatermarkGenerator<ReadRecord> createWatermarkGenerator(
                WatermarkGeneratorSupplier.Context context) {
            return new PartitionWatermarks<>(
                    lateness,
                    idleAfter,
                    ReadRecord::eventTimeMillis,
                    context.getInputActivityClock(),
                    System::currentTimeMillis);
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
}
