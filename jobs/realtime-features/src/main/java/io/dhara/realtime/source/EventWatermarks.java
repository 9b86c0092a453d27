package io.dhara.realtime.source;

import io.dhara.flink.source.PartitionWatermarks;
import io.dhara.realtime.domain.definition.SourceSpec;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * How far the event time of a partition has come: to its newest event, but never ahead of the
 * clock, less the source's {@code out-of-orderness}. A rejected record moves nothing.
 */
record EventWatermarks(Duration outOfOrderness, Duration idleAfter)
        implements WatermarkStrategy<ReadEvent> {

    static EventWatermarks of(SourceSpec source) {
        return new EventWatermarks(source.outOfOrderness(), source.idleAfter());
    }

    @Override
    public WatermarkGenerator<ReadEvent> createWatermarkGenerator(
            WatermarkGeneratorSupplier.Context context) {
        return new PartitionWatermarks<>(
                outOfOrderness,
                idleAfter,
                ReadEvent::eventTimeMillis,
                context.getInputActivityClock(),
                System::currentTimeMillis);
    }

    @Override
    public TimestampAssigner<ReadEvent> createTimestampAssigner(
            TimestampAssignerSupplier.Context context) {
        return (read, recordTimeMillis) ->
                read.rejected() == null ? read.eventTimeMillis() : recordTimeMillis;
    }
}
