package io.dhara.flink.sink;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asynchronous calls of a task, each with a deadline: what becomes of one is told once, on the task
 * thread, through its mailbox. For use on the task thread.
 */
public final class TaskCalls {
    private static final Logger LOG = LoggerFactory.getLogger(TaskCalls.class);

    private final MailboxExecutor mailbox;
    private final ProcessingTimeService time;
    private final Duration timeout;

    /**
     * @param timeout of each call, from its start
     */
    public TaskCalls(MailboxExecutor mailbox, ProcessingTimeService time, Duration timeout) {
        this.mailbox = requireNonNull(mailbox, "mailbox is null");
        this.time = requireNonNull(time, "time is null");
        this.timeout = requireNonNull(timeout, "timeout is null");
    }

    /**
     * Calls, and tells {@code then} the result or why there is none: the failure of the answer, or
     * a {@link TimeoutException} at the deadline, after which a late answer is dropped.
     *
     * @param broken told, within this call, of an exception that {@code call} threw
     */
    public <T> void await(
            Supplier<CompletionStage<T>> call,
            BiConsumer<@Nullable T, @Nullable Throwable> then,
            Consumer<Exception> broken) {
        CompletionStage<T> stage;
        try {
            stage = call.get();
        } catch (RuntimeException e) {
            broken.accept(e);
            return;
        }
        AtomicBoolean ended = new AtomicBoolean();
        ScheduledFuture<?> deadline =
                time.registerTimer(
                        time.getCurrentProcessingTime() + timeout.toMillis(),
                        instant -> {
                            if (ended.compareAndSet(false, true)) {
                                then.accept(null, new TimeoutException());
                            }
                        });
        stage.whenComplete(
                (result, failure) ->
                        post(
                                () -> {
                                    if (ended.compareAndSet(false, true)) {
                                        deadline.cancel(false);
                                        then.accept(result, failure);
                                    }
                                }));
    }

    private void post(Runnable action) {
        try {
            mailbox.execute(action::run, "take an answer to the task");
        } catch (RejectedExecutionException e) {
            LOG.debug("an answer came after the task ended; its last checkpoint has the rows", e);
        }
    }
}
