package io.dhara.sessionizer.operator;

import io.dhara.core.interaction.Interaction;
import io.dhara.flink.sink.RetryPolicy;
import io.dhara.proto.v1.SessionItem;
import io.dhara.proto.v1.SessionRecord;
import io.dhara.sessionizer.event.UserEvent;
import io.dhara.sessionizer.session.SessionRules;
import io.dhara.sessionizer.tier.ManualTiers;
import io.dhara.sessionizer.tier.TierLimits;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.tasks.mailbox.Mail;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** One attempt of one subtask of the operator over tiers that outlive it. */
final class SessionizeBed implements AutoCloseable {
    static final int MAX_PARALLELISM = 8;

    /** Gap 30 s, cap 10 min. */
    static final SessionizeConfig CONFIG =
            new SessionizeConfig(
                    new SessionRules(Duration.ofSeconds(30), Duration.ofMinutes(10), 1_000),
                    Duration.ofMillis(50),
                    10_000,
                    16 << 20,
                    Duration.ofSeconds(1),
                    new TierLimits(
                            500,
                            4,
                            20_000,
                            64,
                            256,
                            10_000,
                            Duration.ofSeconds(30),
                            Duration.ofSeconds(1),
                            new RetryPolicy(Duration.ofMillis(50), Duration.ofSeconds(5))));

    /** Event times count from here. */
    static final long T0 = 1_767_225_600_000L;

    final ManualTiers tiers;
    final KeyedOneInputStreamOperatorTestHarness<String, UserEvent, Void> harness;
    private long checkpoint;

    private SessionizeBed(SessionizeConfig config, ManualTiers tiers, int parallelism, int subtask)
            throws Exception {
        this.tiers = tiers;
        this.harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new SessionizeOperatorFactory(config, (part, parts) -> tiers.open()),
                        UserEvent::userId,
                        Types.STRING,
                        MAX_PARALLELISM,
                        parallelism,
                        subtask);
    }

    static SessionizeBed fresh(ManualTiers tiers) throws Exception {
        return fresh(CONFIG, tiers);
    }

    static SessionizeBed fresh(SessionizeConfig config, ManualTiers tiers) throws Exception {
        return start(config, tiers, 1, 0, null, T0);
    }

    /** A new attempt, a while after the former one. */
    SessionizeBed restored(OperatorSubtaskState state) throws Exception {
        return start(CONFIG, tiers, 1, 0, state, harness.getProcessingTime() + 1_000);
    }

    /** Faster to open than the backend jobs run with. */
    static SessionizeBed onHeap(
            SessionizeConfig config,
            ManualTiers tiers,
            @Nullable OperatorSubtaskState state,
            long nowMillis)
            throws Exception {
        SessionizeBed bed = new SessionizeBed(config, tiers, 1, 0);
        bed.harness.setStateBackend(new HashMapStateBackend());
        bed.begin(state, nowMillis);
        return bed;
    }

    static SessionizeBed start(
            SessionizeConfig config,
            ManualTiers tiers,
            int parallelism,
            int subtask,
            @Nullable OperatorSubtaskState state,
            long nowMillis)
            throws Exception {
        SessionizeBed bed = new SessionizeBed(config, tiers, parallelism, subtask);
        bed.harness.setStateBackend(new EmbeddedRocksDBStateBackend(false));
        bed.begin(state, nowMillis);
        return bed;
    }

    private void begin(@Nullable OperatorSubtaskState state, long nowMillis) throws Exception {
        harness.setProcessingTime(nowMillis);
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        settle();
    }

    static List<Long> seconds(List<Long> millis) {
        return millis.stream().map(time -> (time - T0) / 1000).toList();
    }

    /** Event times of a session's items. */
    static List<Long> seconds(SessionRecord record) {
        return seconds(record.getItemsList().stream().map(SessionItem::getEventTimeMs).toList());
    }

    long usersInState() {
        try (Stream<String> users =
                harness.getOperator()
                        .<String>getKeyedStateBackend()
                        .getKeys("user", VoidNamespace.INSTANCE)) {
            return users.count();
        }
    }

    static Interaction click(String user, long seconds) {
        return click(user, seconds, 1);
    }

    static Interaction click(String user, long seconds, long product) {
        return new Interaction(user, "CLICK", product, 0, T0 + 1000 * seconds, "", "");
    }

    static UserEvent stored(Interaction interaction) {
        return new UserEvent(UserEvent.Kind.STORED, interaction);
    }

    void event(UserEvent event) throws Exception {
        harness.processElement(event, event.interaction().eventTimeMillis());
    }

    /** Clicks of one user at these seconds. */
    void clicks(String user, long... seconds) throws Exception {
        for (long second : seconds) {
            event(stored(click(user, second)));
        }
    }

    void appOpen(String user, long second) throws Exception {
        event(
                new UserEvent(
                        UserEvent.Kind.MARKER,
                        new Interaction(user, "APP_OPEN", 0, 0, T0 + 1000 * second, "", "")));
    }

    void erase(String user, long second) throws Exception {
        event(
                new UserEvent(
                        UserEvent.Kind.ERASE,
                        new Interaction(
                                user, UserEvent.ERASE_USER, 0, 0, T0 + 1000 * second, "", "")));
    }

    /** The watermark reaches this second; whatever the tiers answer at once is taken. */
    void watermark(long second) throws Exception {
        watermarkMillis(T0 + 1000 * second);
    }

    void watermarkMillis(long millis) throws Exception {
        harness.processWatermark(new Watermark(millis));
        settle();
    }

    void idle() throws Exception {
        harness.processWatermarkStatus(WatermarkStatus.IDLE);
        settle();
    }

    void active() throws Exception {
        harness.processWatermarkStatus(WatermarkStatus.ACTIVE);
        settle();
    }

    /** Processing time goes on, in steps in which a live process would run its timers. */
    void pass(Duration time) throws Exception {
        long until = harness.getProcessingTime() + time.toMillis();
        while (harness.getProcessingTime() < until) {
            harness.setProcessingTime(Math.min(until, harness.getProcessingTime() + 50));
            settle();
        }
    }

    /** Processing time jumps: the process stood still. */
    void stall(Duration time) throws Exception {
        harness.setProcessingTime(harness.getProcessingTime() + time.toMillis());
        settle();
    }

    /** Takes the answers of the tiers. */
    void settle() throws Exception {
        TaskMailbox mailbox = harness.getTaskMailbox();
        for (var mail = take(mailbox); mail != null; mail = take(mailbox)) {
            mail.run();
        }
    }

    private static @Nullable Mail take(TaskMailbox mailbox) {
        return mailbox.tryTake(TaskMailbox.MIN_PRIORITY).orElse(null);
    }

    /** A checkpoint, with what comes before the barrier. */
    OperatorSubtaskState snapshot() throws Exception {
        checkpoint++;
        harness.prepareSnapshotPreBarrier(checkpoint);
        return harness.snapshot(checkpoint, checkpoint);
    }

    int timers() {
        return harness.numEventTimeTimers();
    }

    @Override
    public void close() {
        try {
            harness.close();
        } catch (Exception e) {
            throw new IllegalStateException("the attempt did not end", e);
        }
    }
}
