package io.dhara.serving.feature;

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
final class Reply<T> {
    private final ServerCallStreamObserver<T> observer;
    private final ReadMeters meters;
    private final Function<Throwable, StatusRuntimeException> statuses;

    private Reply(
            StreamObserver<T> observer,
            ReadMeters meters,
            Function<Throwable, StatusRuntimeException> statuses) {
        this.observer = (ServerCallStreamObserver<T>) observer;
        this.meters = meters;
        this.statuses = statuses;
        // Without a handler, answering a cancelled call throws.
        this.observer.setOnCancelHandler(() -> {});
    }

    /**
     * Makes the call and sends what comes of it. This is the edge of the process: whatever is
     * thrown, at once or later, becomes a status.
     */
    static <T> void to(
            StreamObserver<T> observer,
            ReadMeters meters,
            Function<Throwable, StatusRuntimeException> statuses,
            Supplier<CompletionStage<T>> call) {
        Reply<T> reply = new Reply<>(observer, meters, statuses);
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
            meters.lateAnswer();
        } else if (answer != null) {
            observer.onNext(answer);
            observer.onCompleted();
        } else {
            observer.onError(statuses.apply(failure));
        }
    }
}
