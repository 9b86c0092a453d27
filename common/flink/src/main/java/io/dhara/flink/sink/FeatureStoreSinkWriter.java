package io.dhara.flink.sink;

import static java.util.Objects.requireNonNull;

import io.dhara.core.registry.SchemaRegistry;
import io.dhara.stores.write.BlockWrite;
import io.dhara.stores.write.FeatureStoreWriter;
import io.dhara.stores.write.FeatureStoreWriter.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.sink.writer.AsyncSinkWriter;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.DequeRequestBuffer;
import org.apache.flink.connector.base.sink.writer.RequestEntryWrapper;
import org.apache.flink.connector.base.sink.writer.ResultHandler;
import org.apache.flink.connector.base.sink.writer.SimpleBatchCreator;
import org.apache.flink.connector.base.sink.writer.config.AsyncSinkWriterConfiguration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands writes to a {@link FeatureStoreWriter} in batches and forgets each only when the store has
 * settled it and the {@link WriteListener} has acknowledged that.
 *
 * <p>At-least-once: a checkpoint holds every write not yet forgotten, those on their way included,
 * and a restart repeats them. A repeat is harmless, because the store orders by write time and the
 * block's bytes are the same.
 */
final class FeatureStoreSinkWriter extends AsyncSinkWriter<WriteEntry, WriteEntry> {
    /*
     * What is Flink's and what is ours
     *
     * AsyncSinkWriter counts requests in flight, brings their results back to the task thread, once
     * each, and keeps the sink's standard metrics. Its own buffer would not do for stores that may be
     * away for long (source of 2.2.0):
     *  - entries given to retryForEntries are sent again at once, so an outage is a busy loop, and
     *    flush(false), which waits for nothing in flight, never returns: no checkpoint passes;
     *  - its buffer timer loops until the buffer is empty, on the task thread, so during an outage
     *    not even a barrier is read;
     *  - one failing store holds the buffer of all.
     * So entries wait in StoreLanes and enter Flink's buffer only as a complete batch, which leaves it
     * in the same call; the strategy below makes the last entry of the batch the one that flushes.
     * A failed entry ends its request (complete()) and goes back to its lane.
     *
     * Threads
     *
     * All fields belong to the task thread, to which TaskCalls brings the answers of the store and of
     * the listener.
     *
     * Checkpoints
     *
     * flush(false) does not wait: snapshotState includes what is in flight. So a slow or absent store
     * does not delay a checkpoint, until the pending limits are reached and write() holds the stream
     * back; then barriers wait behind the record being written, until the store takes rows again.
     */
    private static final Logger LOG = LoggerFactory.getLogger(FeatureStoreSinkWriter.class);

    /**
     * The requests have a deadline of their own; Flink's would send them again beside the first.
     */
    private static final long NO_TIMEOUT_MILLIS = Duration.ofDays(3_650).toMillis();

    /** Flink's own buffer never holds an entry this long; its timer finds it empty. */
    private static final long UNUSED_BUFFER_TIME_MILLIS = Duration.ofDays(1).toMillis();

    private static final Context NO_CONTEXT =
            new Context() {
                @Override
                public long currentWatermark() {
                    return Long.MIN_VALUE;
                }

                @Override
                public @Nullable Long timestamp() {
                    return null;
                }
            };

    private record Lane(StoreLane queue, SinkMetrics.OfStore metrics) {}

    private record Request(Lane lane, StoreLane.Batch batch, ResultHandler<WriteEntry> handler) {}

    private final MailboxExecutor mailbox;
    private final ProcessingTimeService time;
    private final SinkLimits limits;
    private final TaskCalls calls;
    private final WholeBatches cut;
    private final SinkParts parts;
    private final SchemaRegistry registry;
    private final FeatureStoreWriter writer;
    private final WriteListener listener;
    private final SinkMetrics metrics;
    private final RandomGenerator random;
    private final Map<String, Lane> lanes = new TreeMap<>();

    /** Read by metric reporters too. */
    private volatile long pendingRows;

    /** Read by metric reporters too. */
    private volatile long pendingBytes;

    private long wakeScheduledMillis = StoreLane.NEVER;

    FeatureStoreSinkWriter(
            WriterInitContext context,
            SinkLimits limits,
            SinkParts parts,
            RandomGenerator random,
            Collection<BufferedRequestState<WriteEntry>> restored) {
        this(context, limits, parts, random, new WholeBatches());
        for (BufferedRequestState<WriteEntry> state : restored) {
            for (RequestEntryWrapper<WriteEntry> wrapper : state.getBufferedRequestEntries()) {
                enqueue(wrapper.getRequestEntry());
            }
        }
        scheduleWake();
    }

    private FeatureStoreSinkWriter(
            WriterInitContext context,
            SinkLimits limits,
            SinkParts parts,
            RandomGenerator random,
            WholeBatches cut) {
        super(
                (entry, ignored) -> entry,
                context,
                AsyncSinkWriterConfiguration.builder()
                        .setMaxBatchSize(limits.maxBatchRows())
                        .setMaxBatchSizeInBytes(Long.MAX_VALUE)
                        .setMaxInFlightRequests(limits.maxInFlightBatches())
                        .setMaxBufferedRequests(limits.maxBatchRows() + 1)
                        .setMaxTimeInBufferMS(UNUSED_BUFFER_TIME_MILLIS)
                        .setMaxRecordSizeInBytes(Long.MAX_VALUE)
                        .setRequestTimeoutMS(NO_TIMEOUT_MILLIS)
                        .setRateLimitingStrategy(cut)
                        .build(),
                List.of(),
                new SimpleBatchCreator<>(Long.MAX_VALUE),
                new DequeRequestBuffer<>());
        this.mailbox = context.getMailboxExecutor();
        this.time = context.getProcessingTimeService();
        this.limits = limits;
        this.calls = new TaskCalls(mailbox, time, limits.requestTimeout());
        this.cut = cut;
        this.random = requireNonNull(random, "random is null");
        this.parts = parts;
        this.registry = parts.registry();
        this.writer = parts.writer();
        this.listener = parts.listener();
        this.metrics = new SinkMetrics(context.metricGroup(), time::getCurrentProcessingTime);
        metrics.showPending(() -> pendingRows, () -> pendingBytes);
    }

    /** Waits while the limits are reached; meanwhile answers, timers and retries go on. */
    @Override
    public void write(WriteEntry entry, Context context) throws InterruptedException {
        while (pendingRows >= limits.maxPendingRows() || pendingBytes >= limits.maxPendingBytes()) {
            mailbox.yield();
        }
        dispatch(enqueue(entry));
        scheduleWake();
    }

    private Lane enqueue(WriteEntry entry) {
        pendingRows++;
        pendingBytes += entry.sizeBytes();
        Lane lane = lanes.computeIfAbsent(storeOf(entry), this::openLane);
        lane.queue().add(entry, time.getCurrentProcessingTime());
        return lane;
    }

    private Lane openLane(String storeId) {
        StoreLane queue = new StoreLane(storeId, limits, random);
        return new Lane(queue, metrics.show(queue));
    }

    /** Sends every batch that may leave the lane now. Never waits. */
    private void dispatch(Lane lane) {
        long now = time.getCurrentProcessingTime();
        List<WriteEntry> batch = lane.queue().nextBatch(now);
        while (!batch.isEmpty()) {
            send(batch);
            batch = lane.queue().nextBatch(now);
        }
    }

    private void send(List<WriteEntry> batch) {
        cut.expect(batch.size());
        try {
            for (WriteEntry entry : batch) {
                super.write(entry, NO_CONTEXT);
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("a batch must leave Flink's buffer without waiting", e);
        }
    }

    @Override
    protected void submitRequestEntries(
            List<WriteEntry> entries, ResultHandler<WriteEntry> handler) {
        Lane lane = requireNonNull(lanes.get(storeOf(entries.get(0))), "lane is null");
        Request request =
                new Request(
                        lane,
                        lane.queue().started(entries, time.getCurrentProcessingTime()),
                        handler);
        List<BlockWrite> writes = new ArrayList<>(entries.size());
        for (WriteEntry entry : entries) {
            writes.add(entry.pending().write());
        }
        calls.await(
                () -> writer.write(registry.current(), writes),
                (outcomes, failure) -> answered(request, outcomes, failure),
                handler::completeExceptionally);
    }

    private void answered(
            Request request, @Nullable List<Outcome> outcomes, @Nullable Throwable failure) {
        List<WriteEntry> entries = request.batch().entries();
        if (failure instanceof TimeoutException) {
            end(request, entries, false, "no answer within " + limits.requestTimeout());
            return;
        }
        if (outcomes == null || outcomes.size() != entries.size()) {
            request.handler().completeExceptionally(brokenContract(entries, outcomes, failure));
            return;
        }
        Verdict verdict = Verdict.of(entries, outcomes);
        if (verdict.settled().isEmpty()) {
            end(request, verdict.again(), false, verdict.whyAgain());
            return;
        }
        calls.await(
                () -> listener.settled(verdict.settled()),
                (done, refusal) -> acknowledged(request, verdict, refusal),
                request.handler()::completeExceptionally);
    }

    private static Exception brokenContract(
            List<WriteEntry> entries, @Nullable List<Outcome> outcomes, @Nullable Throwable cause) {
        return new IllegalStateException(
                "the writer must answer each of "
                        + entries.size()
                        + " writes: got "
                        + (outcomes == null ? "no list" : outcomes.size() + " outcomes"),
                cause);
    }

    private void acknowledged(Request request, Verdict verdict, @Nullable Throwable refusal) {
        if (refusal != null) {
            String why =
                    refusal instanceof TimeoutException
                            ? "no acknowledgement within " + limits.requestTimeout()
                            : "the listener failed: " + refusal;
            end(request, request.batch().entries(), false, why);
            return;
        }
        SinkMetrics.count(request.lane().metrics(), verdict.settled());
        end(request, verdict.again(), verdict.answered(), verdict.whyAgain());
    }

    private void end(Request request, List<WriteEntry> again, boolean answered, String whyAgain) {
        long now = time.getCurrentProcessingTime();
        Lane lane = request.lane();
        StoreLane queue = lane.queue();
        long downMillis = queue.downMillis(now);
        boolean wasDown = queue.isDown();
        for (WriteEntry entry : request.batch().entries()) {
            pendingRows--;
            pendingBytes -= entry.sizeBytes();
        }
        for (WriteEntry entry : again) {
            pendingRows++;
            pendingBytes += entry.sizeBytes();
        }
        queue.ended(request.batch(), again, answered, now);
        lane.metrics().retried().inc(again.size());
        lane.metrics().batch().update(now - request.batch().startedMillis());
        if (!wasDown && queue.isDown()) {
            LOG.warn(
                    "store {} takes nothing, retrying with backoff: {}", queue.storeId(), whyAgain);
        } else if (wasDown && !queue.isDown()) {
            LOG.info("store {} takes rows again after {} ms", queue.storeId(), downMillis);
        }
        if (release(request)) {
            dispatch(lane);
            scheduleWake();
        }
    }

    /**
     * Frees Flink's slot of a batch.
     *
     * @return whether the task goes on; one that is being stopped takes nothing back any more, and
     *     its savepoint has the rows
     */
    private static boolean release(Request request) {
        try {
            request.handler().complete();
            return true;
        } catch (RejectedExecutionException e) {
            LOG.debug("a batch ended while the task was being stopped", e);
            return false;
        }
    }

    private void scheduleWake() {
        long wake = StoreLane.NEVER;
        for (Lane lane : lanes.values()) {
            wake = Math.min(wake, lane.queue().wakeMillis());
        }
        if (wake < wakeScheduledMillis) {
            wakeScheduledMillis = wake;
            time.registerTimer(wake, this::wake);
        }
    }

    private void wake(long scheduledMillis) {
        if (scheduledMillis == wakeScheduledMillis) {
            wakeScheduledMillis = StoreLane.NEVER;
        }
        for (Lane lane : lanes.values()) {
            dispatch(lane);
        }
        scheduleWake();
    }

    private static String storeOf(WriteEntry entry) {
        return entry.pending().write().storeId();
    }

    /** At the end of the input waits until everything is settled; else does nothing, see above. */
    @Override
    public void flush(boolean endOfInput) throws InterruptedException {
        while (endOfInput && pendingRows > 0) {
            mailbox.yield();
        }
    }

    @Override
    public List<BufferedRequestState<WriteEntry>> snapshotState(long checkpointId) {
        List<RequestEntryWrapper<WriteEntry>> entries = new ArrayList<>();
        for (Lane lane : lanes.values()) {
            lane.queue()
                    .forEach(
                            entry ->
                                    entries.add(
                                            new RequestEntryWrapper<>(entry, entry.sizeBytes())));
        }
        return List.of(new BufferedRequestState<>(entries));
    }

    @Override
    protected long getSizeInBytes(WriteEntry entry) {
        return entry.sizeBytes();
    }

    @Override
    public void close() {
        parts.close();
    }
}
