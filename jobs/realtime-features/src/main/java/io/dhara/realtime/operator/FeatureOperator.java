package io.dhara.realtime.operator;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.feature.FeatureRow;
import io.dhara.flink.operator.EventClock;
import io.dhara.flink.operator.FlushPace;
import io.dhara.realtime.domain.definition.GroupPlan;
import io.dhara.realtime.domain.event.FeatureEvent;
import io.dhara.realtime.domain.tile.HistoryLayouts;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * The features of one group, from events partitioned by entity key. What comes for a key within a
 * flush interval makes one row, and only if a value changed; after a pause nothing waits; a value
 * that falls as time passes makes a row too. Late events go to a side output.
 */
final class FeatureOperator extends AbstractStreamOperator<FeatureRow>
        implements OneInputStreamOperator<FeatureEvent, FeatureRow>,
                Triggerable<String, VoidNamespace>,
                BoundedOneInput {
    /*
     * Holding
     *
     * Events and fired timers of a key are held until the flush interval since the last flush is
     * over, then its history is loaded once. Each event keeps the time of the clock when it came, so holding it does not
     * make it late. When too many events are held they go into the histories at once, but rows wait
     * for the interval; only when too many keys are held the interval ends early.
     *
     * Checkpoints
     *
     * Nothing is held across a barrier. State is then what rows were given of.
     *
     * Time
     *
     * Timers follow the clock, not the watermark alone. What comes due at once because the clock
     * jumped is taken in portions, between which barriers and events get their turn.
     */
    private static final long serialVersionUID = 1L;

    private final transient GroupPlan group;
    private final FeatureLimits limits;
    private final OutputTag<FeatureEvent> late;

    private transient @Nullable ListState<Long> clocks;
    private transient @Nullable ListState<byte[]> descriptions;
    private transient @Nullable KeyedFeatureState state;
    private transient HistoryLayouts layouts;
    private transient EventClock clock;
    private transient HeldEvents held;
    private transient FeatureKeys keys;
    private transient FeatureMetrics metrics;
    private transient FlushPace pace;
    private transient boolean flushScheduled;
    private transient boolean advanceScheduled;

    @SuppressWarnings("NullAway.Init") // initializeState and open set the rest
    FeatureOperator(
            StreamOperatorParameters<FeatureRow> parameters,
            GroupPlan group,
            FeatureLimits limits,
            OutputTag<FeatureEvent> late) {
        super(parameters);
        this.group = requireNonNull(group, "group is null");
        this.limits = requireNonNull(limits, "limits is null");
        this.late = requireNonNull(late, "late is null");
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        state = new KeyedFeatureState(context.getKeyedStateStore());
        clocks =
                context.getOperatorStateStore()
                        .getUnionListState(
                                new ListStateDescriptor<>("clock", LongSerializer.INSTANCE));
        descriptions =
                context.getOperatorStateStore()
                        .getUnionListState(
                                new ListStateDescriptor<>(
                                        "layouts", BytePrimitiveArraySerializer.INSTANCE));
        // of all subtasks: keys may come from any of them
        List<byte[]> earlier = new ArrayList<>();
        for (byte[] description : descriptions.get()) {
            earlier.add(description);
        }
        layouts = new HistoryLayouts(group.layout(), earlier);
        long restored = Long.MAX_VALUE;
        for (long millis : clocks.get()) {
            restored = Math.min(restored, millis);
        }
        clock =
                new EventClock(
                        limits.tick().toMillis(),
                        restored == Long.MAX_VALUE ? EventClock.UNKNOWN : restored);
    }

    @Override
    public void open() throws Exception {
        super.open();
        metrics = new FeatureMetrics(getMetricGroup());
        metrics.showClock(clock::millis);
        held = new HeldEvents(limits);
        pace = new FlushPace(limits.flushInterval().toMillis());
        keys =
                new FeatureKeys(
                        group,
                        layouts,
                        requireNonNull(state, "state is null"),
                        getInternalTimerService(
                                "key-timers", VoidNamespaceSerializer.INSTANCE, this),
                        clock,
                        now(),
                        limits.timerSpread(),
                        metrics,
                        row -> output.collect(new StreamRecord<>(row, row.eventTimeMillis())),
                        event ->
                                output.collect(
                                        late, new StreamRecord<>(event, event.eventTimeMillis())));
        scheduleTick();
    }

    private long now() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }

    @Override
    public void processElement(StreamRecord<FeatureEvent> element) throws Exception {
        held.add((String) getCurrentKey(), element.getValue(), clock.millis());
        if (held.hasEnoughEvents() && !held.hasEnoughKeys()) {
            held.fold(
                    (key, of) -> {
                        setCurrentKey(key);
                        keys.fold(of);
                    });
        }
        flushWhenDue();
    }

    private void flushWhenDue() throws Exception {
        if (held.hasEnoughKeys()) {
            flush();
        } else if (!flushScheduled && !held.isEmpty()) {
            flushScheduled = true;
            getProcessingTimeService()
                    .registerTimer(
                            pace.due(now()),
                            time -> {
                                flushScheduled = false;
                                flush();
                            });
        }
    }

    private void flush() throws Exception {
        held.drain(
                (key, of) -> {
                    setCurrentKey(key);
                    keys.settle(key, of);
                });
        pace.flushed(now());
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        // the end of everything says nothing about time
        if (mark.getTimestamp() != Watermark.MAX_WATERMARK.getTimestamp()) {
            clock.watermark(mark.getTimestamp());
            advance();
        }
        output.emitWatermark(mark);
    }

    @Override
    public void processWatermarkStatus(WatermarkStatus status) throws Exception {
        if (status.isIdle()) {
            clock.idle(now());
        } else {
            clock.active();
        }
        super.processWatermarkStatus(status);
    }

    private void scheduleTick() {
        getProcessingTimeService().registerTimer(now() + limits.tick().toMillis(), time -> tick());
    }

    private void tick() throws Exception {
        if (clock.tick(now())) {
            advance();
        }
        scheduleTick();
    }

    /** Fires what is due by the clock, as many keys as may be held. */
    private void advance() throws Exception {
        if (clock.millis() == EventClock.UNKNOWN) {
            return;
        }
        boolean all =
                getTimeServiceManager()
                        .orElseThrow()
                        .tryAdvanceWatermark(
                                new Watermark(clock.millis()), () -> held.hasEnoughKeys());
        flushWhenDue();
        if (!all && !advanceScheduled) {
            advanceScheduled = true;
            getProcessingTimeService()
                    .registerTimer(
                            now(),
                            time -> {
                                advanceScheduled = false;
                                advance();
                            });
        }
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) {
        metrics.timers.inc();
        held.timerFired(timer.getKey());
    }

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {
        throw new IllegalStateException("there are no timers of processing time");
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        flush();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        requireNonNull(clocks, "clocks is null").update(List.of(clock.millis()));
        requireNonNull(descriptions, "descriptions is null").update(layouts.descriptions());
    }

    @Override
    public void endInput() throws Exception {
        flush();
    }
}
