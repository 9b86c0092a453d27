package io.dhara.serving.inferflow.scoring;

import io.dhara.serving.inferflow.NodeResult;
import io.dhara.serving.inferflow.NodeResult.Outcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One attempt's batches, of which a bounded number is on its way; the next is made when one has
 * ended. What fails otherwise than with {@link RemoteCallException} is a defect and fails the
 * result. Used once.
 */
final class BatchRun {
    /** Places of a batch among the rows of the attempt. */
    interface Batch {
        CompletionStage<Void> make(int from, int to);
    }

    /** Told of a batch that failed. */
    interface Failed {
        void mark(int from, int to);
    }

    private final int rows;
    private final int batchSize;
    private final int maxBatches;
    private final BooleanSupplier over;
    private final Batch batch;
    private final Failed failed;
    private final CompletableFuture<NodeResult> result = new CompletableFuture<>();
    private final AtomicInteger turns = new AtomicInteger();
    private final AtomicInteger onTheirWay = new AtomicInteger();
    private int next;
    private int failedRows;
    private int lateRows;
    private boolean retryable;
    private @Nullable String message;

    /**
     * @param over whether the attempt is: then no further batch is made
     */
    BatchRun(
            int rows,
            int batchSize,
            int maxBatches,
            BooleanSupplier over,
            Batch batch,
            Failed failed) {
        this.rows = rows;
        this.batchSize = batchSize;
        this.maxBatches = maxBatches;
        this.over = over;
        this.batch = batch;
        this.failed = failed;
    }

    CompletionStage<NodeResult> start() {
        advance();
        return result;
    }

    /** Makes what may be made. One thread at a time, and never deeper in its own stack. */
    private void advance() {
        int turn = turns.incrementAndGet();
        if (turn > 1) {
            return;
        }
        do {
            while (next < rows && onTheirWay.get() < maxBatches && !over.getAsBoolean()) {
                int from = next;
                int to = Math.min(rows, from + batchSize);
                next = to;
                onTheirWay.incrementAndGet();
                make(from, to);
            }
            if (onTheirWay.get() == 0 && (next == rows || over.getAsBoolean())) {
                complete();
            }
            turn = turns.addAndGet(-turn);
        } while (turn > 0);
    }

    private void make(int from, int to) {
        CompletionStage<Void> made;
        try {
            made = batch.make(from, to);
        } catch (RuntimeException e) {
            ended(from, to, e);
            return;
        }
        made.whenComplete((done, failure) -> ended(from, to, failure));
    }

    private void ended(int from, int to, @Nullable Throwable failure) {
        Throwable cause = RemoteCallException.causeOf(failure);
        if (cause instanceof RemoteCallException call) {
            note(to - from, call);
            failed.mark(from, to);
        } else if (cause != null) {
            result.completeExceptionally(cause);
        }
        onTheirWay.decrementAndGet();
        advance();
    }

    private synchronized void note(int count, RemoteCallException failure) {
        failedRows += count;
        lateRows += failure.kind() == RemoteCallException.Kind.LATE ? count : 0;
        retryable |= failure.isRetryable();
        if (message == null) {
            message = String.valueOf(failure.getMessage());
        }
    }

    private synchronized void complete() {
        int made = next;
        if (rows == 0) {
            result.complete(new NodeResult(Outcome.SKIPPED, "", false, 0));
        } else if (failedRows == 0 && made == rows) {
            result.complete(NodeResult.ok(rows));
        } else if (made > failedRows) {
            result.complete(new NodeResult(Outcome.PARTIAL, told(), retryable, made));
        } else {
            Outcome outcome = lateRows == failedRows ? Outcome.LATE : Outcome.FAILED;
            result.complete(new NodeResult(outcome, told(), retryable, made));
        }
    }

    private String told() {
        return message == null
                ? "cut off after %d of %d rows".formatted(next, rows)
                : "%d of %d rows failed: %s".formatted(failedRows, rows, message);
    }
}
