package io.dhara.serving.inferflow.scoring;

import static java.util.Objects.requireNonNull;

import io.dhara.serving.inferflow.scoring.RemoteCallException.Kind;
import io.grpc.Context;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A server and the calls on their way to it: so many at once, so many that wait for one to end, and
 * no more. Thread-safe; does not block.
 */
final class Endpoint<C extends RemoteClient> {
    private final String name;
    private final C client;
    private final int maxCalls;
    private final int maxWaiting;
    private final Clock clock;
    private final Deque<Call<C, ?>> waiting = new ArrayDeque<>();
    private int running;
    private boolean closed;

    Endpoint(String name, C client, int maxCalls, int maxWaiting, Clock clock) {
        this.name = requireNonNull(name, "name is null");
        this.client = requireNonNull(client, "client is null");
        this.maxCalls = maxCalls;
        this.maxWaiting = maxWaiting;
        this.clock = requireNonNull(clock, "clock is null");
    }

    private static final class Call<C, T> {
        private final BiFunction<C, Duration, CompletableFuture<T>> task;
        private final Instant deadline;

        /** Of the request: a call must not be cancelled with the one that it waited for. */
        private final Context context = Context.current();

        private final CompletableFuture<T> answer = new CompletableFuture<>();

        Call(BiFunction<C, Duration, CompletableFuture<T>> task, Instant deadline) {
            this.task = task;
            this.deadline = deadline;
        }
    }

    /**
     * Makes the call now, or once others have ended.
     *
     * @param task given the client and the time left
     * @return null once this is closed; ask for another then
     */
    <T> @Nullable CompletableFuture<T> call(
            BiFunction<C, Duration, CompletableFuture<T>> task, Instant deadline) {
        Call<C, T> call = new Call<>(task, deadline);
        synchronized (this) {
            if (closed) {
                return null;
            }
            if (running == maxCalls) {
                if (waiting.size() < maxWaiting) {
                    waiting.add(call);
                } else {
                    call.answer.completeExceptionally(busy());
                }
                return call.answer;
            }
            running++;
        }
        start(call);
        return call.answer;
    }

    private RemoteCallException busy() {
        return new RemoteCallException(
                Kind.BUSY,
                "%s has %d calls on their way and %d waiting"
                        .formatted(name, maxCalls, maxWaiting));
    }

    private RemoteCallException late() {
        return new RemoteCallException(Kind.LATE, "no turn at " + name + " in time");
    }

    private <T> void start(Call<C, T> call) {
        CompletableFuture<T> made;
        Context before = call.context.attach();
        try {
            Duration left = Duration.between(clock.instant(), call.deadline);
            made =
                    left.isNegative() || left.isZero()
                            ? CompletableFuture.failedFuture(late())
                            : call.task.apply(client, left);
        } catch (RuntimeException e) {
            call.answer.completeExceptionally(e);
            ended();
            return;
        } finally {
            call.context.detach(before);
        }
        made.whenComplete(
                (answer, failure) -> {
                    ended();
                    if (failure == null) {
                        call.answer.complete(answer);
                    } else {
                        call.answer.completeExceptionally(failure);
                    }
                });
        call.answer.whenComplete(
                (answer, failure) -> {
                    if (call.answer.isCancelled()) {
                        made.cancel(false);
                    }
                });
    }

    private void ended() {
        Call<C, ?> next = next();
        if (next != null) {
            start(next);
        }
    }

    /** The next one still worth making; those that are not are failed. */
    private @Nullable Call<C, ?> next() {
        while (true) {
            Call<C, ?> next;
            boolean last;
            synchronized (this) {
                next = waiting.poll();
                running -= next == null ? 1 : 0;
                last = closed && running == 0;
            }
            if (next == null) {
                if (last) {
                    client.close();
                }
                return null;
            }
            if (next.answer.isDone()) {
                continue;
            }
            if (clock.instant().isBefore(next.deadline)) {
                return next;
            }
            next.answer.completeExceptionally(late());
        }
    }

    /**
     * Takes no more calls. Those on their way and those waiting go on; the client is closed after
     * the last.
     */
    void close() {
        boolean quiet;
        synchronized (this) {
            quiet = !closed && running == 0;
            closed = true;
        }
        if (quiet) {
            client.close();
        }
    }
}
