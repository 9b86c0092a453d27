package io.dhara.sessionizer.tier;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.sink.RetryPolicy;
import io.dhara.flink.sink.TaskCalls;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.jspecify.annotations.Nullable;

/** The thread of a task, as the tiers see it: answers come back to it, and pauses end on it. */
final class TaskThread {
    private final TaskCalls calls;
    private final ProcessingTimeService time;
    private final RetryPolicy retry;
    private final RandomGenerator random;

    TaskThread(
            MailboxExecutor mailbox,
            ProcessingTimeService time,
            TierLimits limits,
            RandomGenerator random) {
        this.calls = new TaskCalls(mailbox, time, limits.requestTimeout());
        this.time = requireNonNull(time, "time is null");
        this.retry = limits.retry();
        this.random = requireNonNull(random, "random is null");
    }

    long nowMillis() {
        return time.getCurrentProcessingTime();
    }

    /** Exactly one of {@code done} and {@code failed} is told, never within this call. */
    <T> void call(Supplier<CompletionStage<T>> call, Consumer<T> done, Consumer<Throwable> failed) {
        calls.await(
                call,
                (result, failure) -> {
                    if (failure == null) {
                        done.accept(result);
                    } else {
                        failed.accept(unwrapped(failure));
                    }
                },
                broken -> {
                    throw new IllegalStateException("a tier refused to be asked", broken);
                });
    }

    private static Throwable unwrapped(Throwable failure) {
        @Nullable Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    /**
     * Runs after a pause.
     *
     * @param failures in a row, from 1
     */
    void retry(int failures, Runnable again) {
        after(retry.delayMillis(failures, random), again);
    }

    void after(long delayMillis, Runnable action) {
        time.registerTimer(nowMillis() + delayMillis, instant -> action.run());
    }
}
