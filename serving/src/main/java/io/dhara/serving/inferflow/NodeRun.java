package io.dhara.serving.inferflow;

import io.dhara.graph.NodePolicy;
import io.dhara.serving.inferflow.NodeResult.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node through its attempts, as its policy says, until one of them ends it, the time is used up
 * or it is cut off. Ends exactly once, and not while something still writes for it.
 */
final class NodeRun {
    private static final Logger LOG = LoggerFactory.getLogger(NodeRun.class);

    /** Makes one attempt; see {@link NodeRunner#run}. */
    interface Work {
        CompletionStage<NodeResult> attempt(Instant deadline, WriteGate gate);
    }

    /** Told once how the run ended. */
    interface End {
        void ended(NodeResult result, int attempts);
    }

    private final String name;
    private final NodePolicy policy;
    private final Instant callDeadline;
    private final Work work;
    private final End end;
    private final NodeTimer timer;
    private final Clock clock;

    /** Written by the attempt that is under way, of which there is one at a time. */
    private int attempts;

    private volatile @Nullable Attempt current;
    private volatile boolean cut;

    NodeRun(
            String name,
            NodePolicy policy,
            Instant callDeadline,
            Work work,
            End end,
            NodeTimer timer,
            Clock clock) {
        this.name = name;
        this.policy = policy;
        this.callDeadline = callDeadline;
        this.work = work;
        this.end = end;
        this.timer = timer;
        this.clock = clock;
    }

    /** Makes the first attempt, without looking at how it goes; {@link #watch} does. */
    void start() {
        attempts++;
        Instant now = clock.instant();
        Instant deadline = callDeadline;
        if (!policy.timeout().isZero() && now.plus(policy.timeout()).isBefore(callDeadline)) {
            deadline = now.plus(policy.timeout());
        }
        Attempt attempt = new Attempt(deadline);
        current = attempt;
        attempt.make();
    }

    /** Waits for the attempt that {@link #start} made; the run may end before this returns. */
    void watch() {
        Attempt attempt = current;
        if (attempt != null) {
            attempt.watch();
        }
    }

    /** Ends the attempt under way and makes no other. */
    void cut() {
        cut = true;
        Attempt attempt = current;
        if (attempt != null) {
            attempt.late();
        }
    }

    private final class Attempt {
        private final Instant deadline;
        private final WriteGate gate = new WriteGate();
        private final AtomicBoolean over = new AtomicBoolean();
        private @Nullable CompletionStage<NodeResult> answer;
        private volatile @Nullable Future<?> timeout;

        Attempt(Instant deadline) {
            this.deadline = deadline;
        }

        /** Whatever a runner throws ends its own node and nothing else. */
        void make() {
            try {
                answer = work.attempt(deadline, gate);
            } catch (Throwable e) {
                answer = CompletableFuture.failedFuture(e);
            }
        }

        void watch() {
            CompletionStage<NodeResult> awaited = answer;
            if (awaited == null) {
                end(defect(new IllegalStateException("a runner gave no answer to wait for")));
                return;
            }
            awaited.whenComplete(
                    (result, failure) ->
                            end(failure == null && result != null ? result : defect(failure)));
            if (!over.get() && deadline.isBefore(callDeadline)) {
                long left = Duration.between(clock.instant(), deadline).toNanos();
                timeout = timer.after(left, this::late);
            }
            if (cut) {
                late();
            }
        }

        void late() {
            Duration limit =
                    deadline.isBefore(callDeadline) && !cut ? policy.timeout() : Duration.ZERO;
            String message =
                    limit.isZero()
                            ? "no answer by the deadline of the call"
                            : "no answer within " + limit.toMillis() + " ms";
            end(new NodeResult(Outcome.LATE, message, true, 0));
        }

        private void end(NodeResult result) {
            if (over.compareAndSet(false, true)) {
                Future<?> pending = timeout;
                if (pending != null) {
                    pending.cancel(false);
                }
                gate.close(() -> decide(result));
            }
        }
    }

    private NodeResult defect(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        if (cause instanceof io.dhara.serving.grpc.ServingException known) {
            return NodeResult.failed(String.valueOf(known.getMessage()), false, 0);
        }
        LOG.error("Node {} failed by a defect", name, cause);
        return NodeResult.failed("internal error: see the server's log", false, 0);
    }

    private void decide(NodeResult result) {
        boolean unwell = result.outcome() != Outcome.OK && result.outcome() != Outcome.SKIPPED;
        if (unwell && result.retryable() && !cut && attempts <= policy.retries()) {
            Duration wait = policy.backoff().multipliedBy(1L << Math.min(attempts - 1, 30));
            if (clock.instant().plus(wait).isBefore(callDeadline)) {
                timer.after(wait.toNanos(), () -> again(result));
                return;
            }
        }
        end.ended(result, attempts);
    }

    private void again(NodeResult last) {
        if (cut) {
            end.ended(last, attempts);
        } else {
            start();
            watch();
        }
    }
}
