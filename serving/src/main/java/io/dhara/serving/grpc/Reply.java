package io.dhara.serving.grpc;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Ends one unary call exactly once: with an answer, a status, or, when the caller has gone, with a
 * count.
 */
public final class Reply<T> {
    private final ServerCallStreamObserver<T> observer;
    private final Runnable late;
    private final Function<Throwable, StatusRuntimeException> statuses;

    private Reply(
            StreamObserver<T> observer,
            Runnable late,
            Function<Throwable, StatusRuntimeException> statuses) {
        this.observer = (ServerCallStreamObserver<T>) observer;
        this.late = late;
        this.statuses = statuses;
        // Without a handler, answering a cancelled call throws.
        this.observer.setOnCancelHandler(() -> {});
    }

    /**
     * Makes the call and sends what comes of it. This is the edge of the process: whatever is
     * thrown, at once or later, becomes a status.
     *
     * @param late told of an answer that nobody waits for any more
     */
    public static <T> void to(
            StreamObserver<T> observer,
            Runnable late,
            Function<Throwable, StatusRuntimeException> statuses,
            Supplier<CompletionStage<T>> call) {
        Reply<T> reply = new Reply<>(observer, late, statuses);
        CompletionStage<T> answer;
        try {
            answer = call.get();
        } catch (RuntimeException e) {
            reply.send(null, e);
            return;
        }
        answer.whenComplete(reply::send);
    }

    private void send(@Nullable T answer, @Nullable Throwable failure) {
        if (observer.isCancelled()) {
            late.run();
        } else if (answer != null) {
            observer.onNext(answer);
            observer.onCompleted();
        } else {
            observer.onError(statuses.apply(failure));
        }
    }
}
