package io.dhara.ingest.operator;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.operator.FlushPace;
import io.dhara.flink.sink.PendingWrite;
import io.dhara.flink.source.SourcePosition;
import io.dhara.ingest.domain.RecentTie;
import io.dhara.ingest.domain.TieMemory;
import io.dhara.ingest.domain.WriteCombiner;
import io.dhara.stores.write.BlockWrite;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Hands on the newest write of each (key, group), at most once per flush interval; what comes after
 * a pause does not wait. Must see every write of a key: its input is partitioned by key.
 *
 * <p>Holds no write across a checkpoint: it flushes before each barrier. Its only state is the
 * {@link TieMemory}, a union list: after rescaling each subtask is given all of it and keeps what
 * is of its own keys.
 */
public final class CombineOperator extends AbstractStreamOperator<PendingWrite>
        implements OneInputStreamOperator<PendingWrite, PendingWrite>, BoundedOneInput {
    private static final long serialVersionUID = 1L;

    private final CombineLimits limits;

    private transient WriteCombiner held;
    private transient TieMemory ties;

    /** Recent ties; replaced at each checkpoint; at most tie-memory entries of some 100 bytes. */
    private transient ListState<RecentTie> tieState;

    private transient StreamRecord<PendingWrite> reused;
    private transient Counter combined;
    private transient FlushPace pace;
    private transient boolean flushScheduled;

    @SuppressWarnings("NullAway.Init") // open and initializeState set the rest
    public CombineOperator(CombineLimits limits) {
        this.limits = requireNonNull(limits, "limits is null");
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        tieState =
                context.getOperatorStateStore()
                        .getUnionListState(
                                new ListStateDescriptor<>(
                                        "recent-ties", new RecentTieSerializer()));
        ties = new TieMemory(limits.tieMemory());
        for (RecentTie tie : tieState.get()) {
            if (isOwn(tie)) {
                ties.remember(tie);
            }
        }
    }

    private boolean isOwn(RecentTie tie) {
        TaskInfo task = getRuntimeContext().getTaskInfo();
        return task.getIndexOfThisSubtask()
                == KeyGroupRangeAssignment.assignKeyToParallelOperator(
                        EntityKeySelector.keyOf(tie.key()),
                        task.getMaxNumberOfParallelSubtasks(),
                        task.getNumberOfParallelSubtasks());
    }

    @Override
    public void open() throws Exception {
        super.open();
        held = new WriteCombiner();
        pace = new FlushPace(limits.flushInterval().toMillis());
        reused = new StreamRecord<>(null);
        combined =
                getMetricGroup().addGroup(IngestMetrics.GROUP).counter(IngestMetrics.ROWS_COMBINED);
    }

    @Override
    public void processElement(StreamRecord<PendingWrite> element) {
        if (held.add(ordered(element.getValue()))) {
            combined.inc();
        }
        if (held.size() >= limits.maxRows() || held.bytes() >= limits.maxBytes()) {
            flush();
        } else if (!flushScheduled) {
            flushScheduled = true;
            getProcessingTimeService().registerTimer(pace.due(now()), this::flushDue);
        }
    }

    private long now() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }

    private void flushDue(long time) {
        flushScheduled = false;
        flush();
    }

    private PendingWrite ordered(PendingWrite pending) {
        if (pending.source().equals(SourcePosition.NONE)) {
            return pending;
        }
        BlockWrite write = ties.order(pending.write(), pending.source());
        return write == pending.write()
                ? pending
                : new PendingWrite(write, pending.source(), pending.waits());
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        flush();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        tieState.update(ties.snapshot());
    }

    @Override
    public void endInput() {
        flush();
    }

    private void flush() {
        held.drain(write -> output.collect(reused.replace(write)));
        pace.flushed(now());
    }
}
