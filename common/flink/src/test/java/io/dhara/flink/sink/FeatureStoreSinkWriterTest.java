package io.dhara.flink.sink;

import static io.dhara.flink.sink.Rows.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.flink.config.FixedRegistry;
import io.dhara.flink.sink.SettledWrite.Outcome;
import io.dhara.stores.write.BlockWrite;
import io.dhara.stores.write.FeatureStoreWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.junit.jupiter.api.Test;

final class FeatureStoreSinkWriterTest {
    private static final int BATCH = 4;
    private static final int MAX_PENDING = 10;
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
    private static final SinkLimits LIMITS =
            new SinkLimits(
                    BATCH,
                    1 << 20,
                    2,
                    MAX_PENDING,
                    1 << 20,
                    Duration.ofMillis(5),
                    REQUEST_TIMEOUT,
                    new RetryPolicy(Duration.ofMillis(100), Duration.ofSeconds(5)));
    private static final long HOUR = Duration.ofHours(1).toMillis();

    private final ManualTask task = new ManualTask();
    private final FixedRegistry registry = new FixedRegistry(SchemaSnapshot.EMPTY);
    private RecordingListener listener = RecordingListener.acknowledging();

    private FeatureStoreSinkWriter sink(FeatureStoreWriter store) {
        return sink(store, List.of());
    }

    private FeatureStoreSinkWriter sink(
            FeatureStoreWriter store, Collection<BufferedRequestState<WriteEntry>> state) {
        return new FeatureStoreSinkWriter(
                task,
                LIMITS,
                new SinkParts(registry, store, listener),
                new SplittableRandom(7),
                state);
    }

    private static void write(FeatureStoreSinkWriter sink, PendingWrite... rows)
            throws InterruptedException {
        for (PendingWrite row : rows) {
            sink.write(new WriteEntry(row), null);
        }
    }

    private static PendingWrite[] rows(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> row("u" + i)).toArray(PendingWrite[]::new);
    }

    private static List<String> users(Collection<BlockWrite> writes) {
        return writes.stream().map(write -> write.key().values().get(0)).toList();
    }

    private static List<String> usersIn(List<BufferedRequestState<WriteEntry>> state) {
        return state.get(0).getBufferedRequestEntries().stream()
                .map(wrapper -> Rows.userOf(wrapper.getRequestEntry().pending()))
                .sorted()
                .toList();
    }

    @Test
    void write_fullBatch_leavesAtOnce() throws Exception {
        ScriptedWriter store = ScriptedWriter.applying();
        write(sink(store), rows(0, BATCH));

        assertThat(store.calls).hasSize(1);
        assertThat(users(store.calls.get(0))).containsExactly("u0", "u1", "u2", "u3");
    }

    @Test
    void write_fewRows_leaveTogetherAfterTheLinger() throws Exception {
        ScriptedWriter store = ScriptedWriter.applying();
        write(sink(store), rows(0, 2));
        task.advance(4);
        assertThat(store.calls).isEmpty();

        task.advance(2);
        assertThat(store.calls).hasSize(1);
        assertThat(listener.users(Outcome.APPLIED)).containsExactly("u0", "u1");
    }

    @Test
    void batch_sameKeyAndGroupTwice_isSplit() throws Exception {
        ScriptedWriter store = ScriptedWriter.applying();
        FeatureStoreSinkWriter sink = sink(store);
        write(sink, row("a"), row("b"), row("a", 2, Rows.STORE, 1), row("a"));
        sink.flush(true);

        assertThat(store.calls)
                .extracting(FeatureStoreSinkWriterTest::users)
                .containsExactly(List.of("a", "b", "a"), List.of("a"));
    }

    @Test
    void outcomes_mixed_areSettledCountedAndTold() throws Exception {
        ScriptedWriter store =
                ScriptedWriter.answering(
                        write ->
                                switch (write.key().values().get(0)) {
                                    case "u0" -> FeatureStoreWriter.Outcome.EXPIRED;
                                    case "u1" -> ScriptedWriter.REFUSED;
                                    default -> FeatureStoreWriter.Outcome.APPLIED;
                                });
        FeatureStoreSinkWriter sink = sink(store);
        write(sink, rows(0, BATCH));
        sink.flush(true);

        assertThat(listener.users(Outcome.EXPIRED)).containsExactly("u0");
        assertThat(listener.users(Outcome.REFUSED)).containsExactly("u1");
        assertThat(listener.users(Outcome.APPLIED)).containsExactly("u2", "u3");
        assertThat(listener.settled.get(1).detail()).isEqualTo("no such column");
        assertThat(task.counter("store.1.rowsWritten")).isEqualTo(2);
        assertThat(task.counter("store.1.rowsExpired")).isEqualTo(1);
        assertThat(task.counter("store.1.rowsRefused")).isEqualTo(1);
        assertThat(task.gauge("pendingRows")).isEqualTo(0L);
        assertThat(task.gauge("pendingBytes")).isEqualTo(0L);
    }

    @Test
    void outage_oneHour_isProbedRarelyAndLosesNothing() throws Exception {
        ScriptedWriter store = ScriptedWriter.answering(write -> ScriptedWriter.RETRY);
        FeatureStoreSinkWriter sink = sink(store);
        write(sink, rows(0, 8));
        task.advance(HOUR);

        // Backoff is 2.5 s to 5 s once it has grown: 720 to 1,440 probes an hour.
        assertThat(store.calls).hasSizeBetween(700, 1_500);
        assertThat((Long) task.gauge("store.1.outageSeconds")).isBetween(3_599L, 3_600L);
        assertThat(listener.settled).isEmpty();

        store.nowAnswers(write -> FeatureStoreWriter.Outcome.APPLIED);
        sink.flush(true);
        assertThat(listener.users(Outcome.APPLIED))
                .containsExactlyInAnyOrder("u0", "u1", "u2", "u3", "u4", "u5", "u6", "u7");
        assertThat(task.gauge("store.1.outageSeconds")).isEqualTo(0L);
        assertThat(task.counter("store.1.rowsWritten")).isEqualTo(8);
    }

    @Test
    void outage_bufferFull_holdsTheStreamBackUntilTheStoreTakesRows() throws Exception {
        List<Long> pendingSeen = new ArrayList<>();
        int[] failuresLeft = {20};
        ScriptedWriter store =
                ScriptedWriter.answering(
                        write -> {
                            pendingSeen.add((Long) task.gauge("pendingRows"));
                            return failuresLeft[0]-- > 0
                                    ? ScriptedWriter.RETRY
                                    : FeatureStoreWriter.Outcome.APPLIED;
                        });
        FeatureStoreSinkWriter sink = sink(store);
        write(sink, rows(0, 50));
        sink.flush(true);

        assertThat(pendingSeen).allMatch(rows -> rows <= MAX_PENDING);
        assertThat(listener.users(Outcome.APPLIED)).hasSize(50).doesNotHaveDuplicates();
    }

    @Test
    void checkpoint_duringAnOutage_doesNotWaitAndHoldsEveryRow() throws Exception {
        ScriptedWriter store = ScriptedWriter.answering(write -> ScriptedWriter.RETRY);
        FeatureStoreSinkWriter sink = sink(store);
        write(sink, rows(0, 9));
        task.advance(10_000);
        int calls = store.calls.size();

        sink.flush(false);

        assertThat(store.calls).hasSize(calls);
        assertThat(usersIn(sink.snapshotState(1)))
                .containsExactly("u0", "u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8");
    }

    @Test
    void checkpoint_whileRequestsHang_doesNotWaitAndHoldsWhatIsOnItsWay() throws Exception {
        FeatureStoreSinkWriter sink = sink(ScriptedWriter.hanging());
        write(sink, rows(0, 9));

        sink.flush(false);

        assertThat(usersIn(sink.snapshotState(1))).hasSize(9).doesNotHaveDuplicates();
    }

    @Test
    void restore_everyRowComesBackOnce() throws Exception {
        FeatureStoreSinkWriter first = sink(ScriptedWriter.hanging());
        write(first, rows(0, 9));
        WriteStateSerializer serializer = new WriteStateSerializer();
        List<BufferedRequestState<WriteEntry>> state = new ArrayList<>();
        for (BufferedRequestState<WriteEntry> part : first.snapshotState(1)) {
            state.add(serializer.deserialize(serializer.getVersion(), serializer.serialize(part)));
        }

        ScriptedWriter store = ScriptedWriter.applying();
        FeatureStoreSinkWriter second = sink(store, state);
        second.flush(true);

        assertThat(listener.users(Outcome.APPLIED))
                .containsExactlyInAnyOrder("u0", "u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8");
        assertThat(second.snapshotState(2).get(0).getBufferedRequestEntries()).isEmpty();
    }

    @Test
    void refusedRow_doesNotHoldUpTheOthers() throws Exception {
        ScriptedWriter store =
                ScriptedWriter.answering(
                        write ->
                                write.key().values().get(0).equals("u1")
                                        ? ScriptedWriter.REFUSED
                                        : FeatureStoreWriter.Outcome.APPLIED);
        FeatureStoreSinkWriter sink = sink(store);
        write(sink, rows(0, 40));
        sink.flush(true);

        assertThat(listener.users(Outcome.APPLIED)).hasSize(39);
        assertThat(listener.users(Outcome.REFUSED)).containsExactly("u1");
        assertThat(task.counter("store.1.rowsRetried")).isZero();
    }

    @Test
    void oneRowThatFails_backsOffAloneWhileOthersPass() throws Exception {
        int[] failuresLeft = {6};
        ScriptedWriter store =
                ScriptedWriter.answering(
                        write ->
                                write.key().values().get(0).equals("u1") && failuresLeft[0]-- > 0
                                        ? ScriptedWriter.RETRY
                                        : FeatureStoreWriter.Outcome.APPLIED);
        FeatureStoreSinkWriter sink = sink(store);
        write(sink, rows(0, 8));
        task.runDue();
        assertThat(listener.users(Outcome.APPLIED)).hasSize(7).doesNotContain("u1");
        assertThat(task.gauge("store.1.outageSeconds")).isEqualTo(0L);

        sink.flush(true);
        assertThat(listener.users(Outcome.APPLIED)).hasSize(8).contains("u1");
    }

    @Test
    void retry_keepsTheOrderOfABatchAndComesBeforeNewerRows() throws Exception {
        ScriptedWriter store = ScriptedWriter.answering(write -> ScriptedWriter.RETRY);
        FeatureStoreSinkWriter sink = sink(store);
        write(sink, rows(0, BATCH));
        task.advance(1_000);
        write(sink, rows(BATCH, 9));
        task.advance(60_000);
        store.nowAnswers(write -> FeatureStoreWriter.Outcome.APPLIED);
        sink.flush(true);

        assertThat(listener.users(Outcome.APPLIED))
                .containsExactly("u0", "u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8");
    }

    @Test
    void storeAway_doesNotHoldUpAnotherStore() throws Exception {
        ScriptedWriter store =
                ScriptedWriter.answering(
                        write ->
                                write.storeId().equals("away")
                                        ? ScriptedWriter.RETRY
                                        : FeatureStoreWriter.Outcome.APPLIED);
        FeatureStoreSinkWriter sink = sink(store);
        write(sink, row("a", 1, "away", 1), row("b", 1, "there", 1), row("c", 1, "away", 1));
        task.advance(1_000);

        assertThat(listener.users(Outcome.APPLIED)).containsExactly("b");
        assertThat(usersIn(sink.snapshotState(1))).containsExactly("a", "c");
    }

    @Test
    void listener_notYetAcknowledged_rowStaysInTheCheckpoint() throws Exception {
        listener = RecordingListener.holding();
        FeatureStoreSinkWriter sink = sink(ScriptedWriter.applying());
        write(sink, rows(0, BATCH));
        task.runDue();

        assertThat(listener.settled).hasSize(BATCH);
        assertThat(usersIn(sink.snapshotState(1))).hasSize(BATCH);
        assertThat(task.counter("store.1.rowsWritten")).isZero();

        listener.open.forEach(open -> open.complete(null));
        task.runDue();
        assertThat(usersIn(sink.snapshotState(2))).isEmpty();
        assertThat(task.counter("store.1.rowsWritten")).isEqualTo(BATCH);
    }

    @Test
    void listener_fails_rowsAreWrittenAndToldAgain() throws Exception {
        listener = RecordingListener.holding();
        ScriptedWriter store = ScriptedWriter.applying();
        FeatureStoreSinkWriter sink = sink(store);
        write(sink, rows(0, BATCH));
        task.runDue();
        listener.open.get(0).completeExceptionally(new IllegalStateException("no broker"));
        listener.nowAcknowledges();
        sink.flush(true);

        assertThat(store.calls).hasSize(2);
        assertThat(listener.settled).hasSize(2 * BATCH);
        assertThat(task.counter("store.1.rowsWritten")).isEqualTo(BATCH);
    }

    @Test
    void request_noAnswerInTime_isTriedAgainAndALateAnswerIsNotCountedTwice() throws Exception {
        ScriptedWriter store = ScriptedWriter.hanging();
        FeatureStoreSinkWriter sink = sink(store);
        write(sink, rows(0, BATCH));
        task.advance(REQUEST_TIMEOUT.toMillis() + 200);
        assertThat(store.calls).hasSize(2);

        store.nowAnswers(write -> FeatureStoreWriter.Outcome.APPLIED);
        store.hanging.forEach(call -> call.answer(FeatureStoreWriter.Outcome.APPLIED));
        sink.flush(true);
        task.advance(HOUR);

        assertThat(task.counter("store.1.rowsWritten")).isEqualTo(BATCH);
        assertThat(listener.users(Outcome.APPLIED)).hasSize(BATCH);
    }

    @Test
    void writer_answersTooFew_failsTheTask() throws Exception {
        ScriptedWriter store = ScriptedWriter.hanging();
        write(sink(store), rows(0, BATCH));
        store.hanging.get(0).answer().complete(List.of());

        assertThatThrownBy(task::runDue)
                .hasMessage("the writer must answer each of 4 writes: got 0 outcomes");
    }

    @Test
    void writer_throws_failsTheTask() throws Exception {
        FeatureStoreWriter broken =
                new FeatureStoreWriter() {
                    @Override
                    public CompletableFuture<List<Outcome>> write(
                            SchemaSnapshot snapshot, List<BlockWrite> writes) {
                        throw new IllegalStateException("the writer is closed");
                    }

                    @Override
                    public void close() {}
                };
        write(sink(broken), rows(0, BATCH));

        assertThatThrownBy(task::runDue).hasMessage("the writer is closed");
    }

    @Test
    void close_closesEveryPartAndDropsLateAnswers() throws Exception {
        ScriptedWriter store = ScriptedWriter.hanging();
        FeatureStoreSinkWriter sink = sink(store);
        write(sink, rows(0, BATCH));
        task.end();
        sink.close();
        store.hanging.get(0).answer(FeatureStoreWriter.Outcome.APPLIED);

        assertThat(store.closes()).isEqualTo(1);
        assertThat(listener.isClosed()).isTrue();
        assertThat(registry.isClosed()).isTrue();
        assertThat(listener.settled).isEmpty();
    }

    @Test
    void answer_whileTheTaskStops_endsQuietlyAndStaysInTheSavepoint() throws Exception {
        ScriptedWriter store = ScriptedWriter.hanging();
        FeatureStoreSinkWriter sink = sink(store);
        write(sink, rows(0, 2 * BATCH + 1));
        task.advance(LIMITS.linger().toMillis()); // the last row waits for a batch to end
        List<BufferedRequestState<WriteEntry>> savepoint = sink.snapshotState(1);

        store.hanging.get(0).answer(FeatureStoreWriter.Outcome.APPLIED);
        task.runMail(); // the store's answer; the listener's acknowledgement waits behind it
        task.end();
        task.runDue(); // what was posted before the mailbox closed still runs

        assertThat(listener.users(Outcome.APPLIED)).containsExactly("u0", "u1", "u2", "u3");
        assertThat(store.calls).as("a task that stops sends nothing more").hasSize(2);
        assertThat(usersIn(savepoint)).hasSize(2 * BATCH + 1);
    }

    @Test
    void anyAnswers_anySeed_everyRowIsSettledExactlyOnce() throws Exception {
        for (long seed = 0; seed < 200; seed++) {
            ManualTask someTask = new ManualTask();
            SplittableRandom random = new SplittableRandom(seed);
            RecordingListener told = RecordingListener.acknowledging();
            ScriptedWriter store =
                    ScriptedWriter.answering(
                            write ->
                                    switch (random.nextInt(6)) {
                                        case 0 -> FeatureStoreWriter.Outcome.EXPIRED;
                                        case 1 -> ScriptedWriter.REFUSED;
                                        case 2, 3 -> ScriptedWriter.RETRY;
                                        default -> FeatureStoreWriter.Outcome.APPLIED;
                                    });
            FeatureStoreSinkWriter sink =
                    new FeatureStoreSinkWriter(
                            someTask,
                            LIMITS,
                            new SinkParts(registry, store, told),
                            random.split(),
                            List.of());
            for (int i = 0; i < 60; i++) {
                String store1or2 = random.nextBoolean() ? "1" : "2";
                write(sink, row("u" + random.nextInt(12), 1, store1or2, i));
                someTask.advance(random.nextInt(20));
            }
            sink.flush(true);

            assertThat(told.settled).as("seed %d", seed).hasSize(60);
            assertThat(told.settled.stream().map(one -> one.pending().write().writeTimeMicros()))
                    .as("seed %d", seed)
                    .doesNotHaveDuplicates();
            assertThat(someTask.gauge("pendingRows")).isEqualTo(0L);
        }
    }
}
