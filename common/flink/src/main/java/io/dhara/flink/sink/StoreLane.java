package io.dhara.flink.sink;

import static java.util.Objects.requireNonNull;

import io.dhara.core.model.EntityKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The writes waiting for one store, and whether that store answers. Belongs to the task thread;
 * time is handed in, in milliseconds.
 *
 * <p>A batch of which some rows failed sends those rows into a backoff of their own: others were
 * taken, so the store is there. A batch of which nothing was taken takes the lane down: its rows go
 * back to the head of the queue and one batch at a time probes the store after the lane's backoff,
 * until a row gets through.
 */
final class StoreLane {
    /** No event to wake up for. */
    static final long NEVER = Long.MAX_VALUE;

    /**
     * Rows on their way.
     *
     * @param failuresBefore failures of the lane when it left: batches that left before the first
     *     failure was known do not each lengthen the backoff
     */
    record Batch(
            StoreLane lane, List<WriteEntry> entries, long startedMillis, int failuresBefore) {}

    private record Unit(EntityKey key, int groupId) {}

    private final String storeId;
    private final SinkLimits limits;
    private final RandomGenerator random;
    private final Deque<WriteEntry> ready = new ArrayDeque<>();
    private final PriorityQueue<WriteEntry> backingOff =
            new PriorityQueue<>(Comparator.comparingLong(WriteEntry::dueMillis));
    private final List<Batch> inFlight = new ArrayList<>();
    private long readyBytes;

    /** Read by metric reporters too. */
    private volatile int rowsInFlight;

    private int failures;
    private long probeMillis;
    private long downSinceMillis;

    StoreLane(String storeId, SinkLimits limits, RandomGenerator random) {
        this.storeId = requireNonNull(storeId, "storeId is null");
        this.limits = requireNonNull(limits, "limits is null");
        this.random = requireNonNull(random, "random is null");
    }

    String storeId() {
        return storeId;
    }

    /** Appends a new write, which may wait {@code linger} for company. */
    void add(WriteEntry entry, long nowMillis) {
        entry.dueAt(nowMillis + limits.linger().toMillis());
        ready.addLast(entry);
        readyBytes += entry.sizeBytes();
    }

    boolean isDown() {
        return failures > 0;
    }

    /** Milliseconds since the failure after which nothing got through; 0 if the store answers. */
    long downMillis(long nowMillis) {
        return isDown() ? nowMillis - downSinceMillis : 0;
    }

    /**
     * When {@link #nextBatch} will have something that it does not have now, if nothing happens.
     */
    long wakeMillis() {
        if (isDown()) {
            return inFlight.isEmpty() && hasQueued() ? probeMillis : NEVER;
        }
        if (inFlight.size() >= limits.maxInFlightBatches()) {
            return NEVER;
        }
        long wake = NEVER;
        if (!ready.isEmpty()) {
            wake = ready.peekFirst().dueMillis();
        }
        if (!backingOff.isEmpty()) {
            wake = Math.min(wake, backingOff.peek().dueMillis());
        }
        return wake;
    }

    /**
     * Takes the next batch off the queue.
     *
     * @return its rows, each (key, group) once, or an empty list if nothing may leave now
     */
    List<WriteEntry> nextBatch(long nowMillis) {
        if (!mayStart(nowMillis)) {
            return List.of();
        }
        while (!backingOff.isEmpty() && (isDown() || backingOff.peek().dueMillis() <= nowMillis)) {
            pushFirst(backingOff.remove());
        }
        if (ready.isEmpty() || !(isDown() || isFull() || isDue(nowMillis))) {
            return List.of();
        }
        return cut();
    }

    private boolean mayStart(long nowMillis) {
        return isDown()
                ? inFlight.isEmpty() && nowMillis >= probeMillis
                : inFlight.size() < limits.maxInFlightBatches();
    }

    private boolean isFull() {
        return ready.size() >= limits.maxBatchRows() || readyBytes >= limits.maxBatchBytes();
    }

    private boolean isDue(long nowMillis) {
        return ready.getFirst().dueMillis() <= nowMillis;
    }

    /** Ends at the first row that a batch already has, so the rows of one key stay in order. */
    private List<WriteEntry> cut() {
        List<WriteEntry> batch = new ArrayList<>(Math.min(ready.size(), limits.maxBatchRows()));
        Set<Unit> units = new HashSet<>();
        long bytes = 0;
        while (!ready.isEmpty() && batch.size() < limits.maxBatchRows()) {
            WriteEntry entry = ready.getFirst();
            bytes += entry.sizeBytes();
            boolean fits = batch.isEmpty() || bytes <= limits.maxBatchBytes();
            if (!fits || !units.add(unitOf(entry))) {
                break;
            }
            ready.removeFirst();
            readyBytes -= entry.sizeBytes();
            batch.add(entry);
        }
        return batch;
    }

    private static Unit unitOf(WriteEntry entry) {
        return new Unit(entry.pending().write().key(), entry.pending().write().groupId());
    }

    /** Records that rows returned by {@link #nextBatch} have left. */
    Batch started(List<WriteEntry> entries, long nowMillis) {
        Batch batch = new Batch(this, entries, nowMillis, failures);
        inFlight.add(batch);
        rowsInFlight += entries.size();
        return batch;
    }

    /**
     * Ends a batch.
     *
     * @param again rows of it to be tried again, in order
     * @param answered whether the store took at least one row of it
     */
    void ended(Batch batch, List<WriteEntry> again, boolean answered, long nowMillis) {
        inFlight.remove(batch);
        rowsInFlight -= batch.entries().size();
        if (answered) {
            failures = 0;
            backOffAlone(again, nowMillis);
        } else if (!again.isEmpty()) {
            goDown(batch, again, nowMillis);
        }
    }

    private void backOffAlone(List<WriteEntry> entries, long nowMillis) {
        for (WriteEntry entry : entries) {
            entry.failed();
            entry.dueAt(nowMillis + limits.retry().delayMillis(entry.failures(), random));
            backingOff.add(entry);
        }
    }

    private void goDown(Batch batch, List<WriteEntry> again, long nowMillis) {
        if (failures == 0) {
            downSinceMillis = batch.startedMillis();
        }
        if (failures == batch.failuresBefore()) {
            failures = Math.min(failures + 1, Integer.MAX_VALUE - 1);
            probeMillis = nowMillis + limits.retry().delayMillis(failures, random);
        }
        for (int i = again.size() - 1; i >= 0; i--) {
            pushFirst(again.get(i));
        }
    }

    private void pushFirst(WriteEntry entry) {
        ready.addFirst(entry);
        readyBytes += entry.sizeBytes();
    }

    private boolean hasQueued() {
        return !ready.isEmpty() || !backingOff.isEmpty();
    }

    /** Every write the lane holds: on its way, ready, in backoff. */
    void forEach(Consumer<WriteEntry> action) {
        for (Batch batch : inFlight) {
            batch.entries().forEach(action);
        }
        ready.forEach(action);
        backingOff.forEach(action);
    }

    int rowsInFlight() {
        return rowsInFlight;
    }
}
