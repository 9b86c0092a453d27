package io.dhara.sessionizer.operator;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.operator.EventClock;
import io.dhara.sessionizer.event.UserEvent;
import io.dhara.sessionizer.session.GrowingClock;
import io.dhara.sessionizer.state.SubtaskClocks;
import io.dhara.sessionizer.state.SubtaskClocksSerializer;
import io.dhara.sessionizer.tier.SessionizerMetrics;
import io.dhara.sessionizer.tier.TierClient;
import io.dhara.sessionizer.tier.TierFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
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
import org.jspecify.annotations.Nullable;

/**
 * Gathers each user's events to sessions, keeps open ones in the hot tier and moves closed ones to
 * the cold tier. Input is partitioned by user, so a user has one writer. No output: what it does is
 * in the tiers and on the session topic.
 */
final class SessionizeOperator extends AbstractStreamOperator<Void>
        implements OneInputStreamOperator<UserEvent, Void>,
                Triggerable<String, VoidNamespace>,
                BoundedOneInput {
    /*
     * Waiting
     *
     * Only processElement and endInput wait, in the mailbox, so answers and timers go on meanwhile.
     * Nothing that touches state waits; so state is never seen half changed. What closes at once
     * because the clock jumped is taken in portions: timers stop to fire while the flushes are at
     * their bound, and go on when there is room; until then processElement waits.
     *
     * Checkpoints
     *
     * Held events go to state before the barrier. Everything else is state at once; nothing waits
     * for the tiers. What the hot tier has not acknowledged is flagged and repeated after a
     * restart, flushes are repeated from their first step.
     */
    private static final long serialVersionUID = 1L;

    private final SessionizeConfig config;
    private final TierFactory factory;
    private final transient MailboxExecutor mailbox;

    private transient @Nullable ListState<SubtaskClocks> clocks;
    private transient @Nullable SessionizeState state;
    private transient EventClock clock;
    private transient GrowingClock numbers;
    private transient SessionizeBuffer buffer;
    private transient SessionizeUsers users;
    private transient @Nullable TierClient tiers;
    private transient boolean drainScheduled;
    private transient boolean advancing;
    private transient boolean caughtUp;

    @SuppressWarnings("NullAway.Init") // initializeState and open set the rest
    SessionizeOperator(
            StreamOperatorParameters<Void> parameters,
            MailboxExecutor mailbox,
            SessionizeConfig config,
            TierFactory factory) {
        super(parameters);
        this.mailbox = requireNonNull(mailbox, "mailbox is null");
        this.config = requireNonNull(config, "config is null");
        this.factory = requireNonNull(factory, "factory is null");
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        state = new SessionizeState(context.getKeyedStateStore(), getKeyedStateBackend());
        clocks =
                context.getOperatorStateStore()
                        .getUnionListState(
                                new ListStateDescriptor<>("clocks", new SubtaskClocksSerializer()));
        // of all subtasks: keys may come from any of them
        long session = Long.MAX_VALUE;
        long highest = 0;
        for (SubtaskClocks restored : clocks.get()) {
            session = Math.min(session, restored.sessionMillis());
            highest = Math.max(highest, restored.highestNumber());
        }
        clock =
                new EventClock(
                        config.tick().toMillis(),
                        session == Long.MAX_VALUE ? EventClock.UNKNOWN : session);
        numbers =
                new GrowingClock(
                        TimeUnit.MILLISECONDS.toMicros(now()),
                        highest,
                        getRuntimeContext().getTaskInfo().getAttemptNumber());
    }

    @Override
    public void open() throws Exception {
        super.open();
        SessionizerMetrics metrics = new SessionizerMetrics(getMetricGroup());
        buffer = new SessionizeBuffer(config);
        users =
                new SessionizeUsers(
                        requireNonNull(state, "state is null"),
                        getInternalTimerService(
                                "session-timers", VoidNamespaceSerializer.INSTANCE, this),
                        config.rules(),
                        clock,
                        numbers,
                        metrics);
        TaskInfo task = getRuntimeContext().getTaskInfo();
        tiers =
                new TierClient(
                        factory.open(
                                task.getIndexOfThisSubtask(), task.getNumberOfParallelSubtasks()),
                        users,
                        mailbox,
                        getProcessingTimeService(),
                        config.tiers(),
                        numbers,
                        RandomGenerator.getDefault(),
                        this::progressed,
                        metrics);
        metrics.showOpenSessions(users::open);
        caughtUp = true;
        users.start(tiers);
        tiers.start();
        scheduleTick();
    }

    private TierClient tiers() {
        return requireNonNull(tiers, "tiers is null");
    }

    private long now() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }

    /** Waits while the tiers are behind. */
    @Override
    public void processElement(StreamRecord<UserEvent> element) throws Exception {
        while (!caughtUp || tiers().isFull()) {
            mailbox.yield();
        }
        buffer.add(element.getValue());
        if (buffer.isFull()) {
            drain();
        } else if (!drainScheduled) {
            drainScheduled = true;
            getProcessingTimeService()
                    .registerTimer(now() + config.flushInterval().toMillis(), this::drainDue);
        }
    }

    private void drainDue(long time) throws Exception {
        drainScheduled = false;
        drain();
    }

    /** Judges the held events by the clock as it is. */
    private void drain() throws Exception {
        if (!buffer.isEmpty()) {
            buffer.drain(users::arrive);
            tiers().dispatch();
            advance();
        }
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        drain();
        // the end of everything says nothing about time, see endInput
        if (mark.getTimestamp() != Watermark.MAX_WATERMARK.getTimestamp()) {
            clock.watermark(mark.getTimestamp());
            advance();
        }
        output.emitWatermark(mark);
    }

    @Override
    public void processWatermarkStatus(WatermarkStatus status) throws Exception {
        drain();
        if (status.isIdle()) {
            clock.idle(now());
        } else {
            clock.active();
        }
        super.processWatermarkStatus(status);
    }

    private void scheduleTick() {
        getProcessingTimeService().registerTimer(now() + config.tick().toMillis(), time -> tick());
    }

    private void tick() throws Exception {
        drain();
        if (clock.tick(now())) {
            advance();
        }
        scheduleTick();
    }

    /** Fires what is due by the session clock, as far as there is room for what closes. */
    private void advance() throws Exception {
        if (advancing || clock.millis() == EventClock.UNKNOWN) {
            return;
        }
        advancing = true;
        try {
            caughtUp =
                    !tiers().isFull()
                            && getTimeServiceManager()
                                    .orElseThrow()
                                    .tryAdvanceWatermark(
                                            new Watermark(clock.millis()), tiers()::isFull);
        } finally {
            advancing = false;
        }
    }

    private void progressed() {
        if (!caughtUp) {
            try {
                advance();
            } catch (Exception e) {
                throw new IllegalStateException("timers of sessions failed", e);
            }
        }
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) {
        users.due(timer.getKey());
    }

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {
        throw new IllegalStateException("there are no timers of processing time");
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        drain();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        requireNonNull(clocks, "clocks is null")
                .update(List.of(new SubtaskClocks(clock.millis(), numbers.highest())));
        users.flagUnacknowledged();
    }

    /** Closes every session and waits until all are flushed. */
    @Override
    public void endInput() throws Exception {
        drain();
        for (String userId : users.openUsers()) {
            while (tiers().isFull()) {
                mailbox.yield();
            }
            users.closeAll(userId);
        }
        while (!tiers().isIdle()) {
            mailbox.yield();
        }
    }

    @Override
    public void close() throws Exception {
        if (tiers != null) {
            tiers.close();
        }
        super.close();
    }
}
