package io.dhara.serving.inferflow.scoring;

import io.dhara.serving.inferflow.scoring.RemoteCallException.Kind;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One unary call as a future; cancelling the future cancels the call. */
final class UnaryAnswer<Q, R> implements ClientResponseObserver<Q, R> {
    private final String server;
    private final CompletableFuture<R> future = new CompletableFuture<>();
    private @Nullable R response;

    /**
     * @param server for messages
     */
    UnaryAnswer(String server) {
        this.server = server;
    }

    /** Failed with {@link RemoteCallException}. */
    CompletableFuture<R> future() {
        return future;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> call) {
        future.whenComplete(
                (done, failure) -> {
                    if (future.isCancelled()) {
                        call.cancel("nobody waits for the answer any more", null);
                    }
                });
    }

    @Override
    public void onNext(R value) {
        response = value;
    }

    @Override
    public void onError(Throwable failure) {
        future.completeExceptionally(failureOf(Status.fromThrowable(failure)));
    }

    @Override
    public void onCompleted() {
        R given = response;
        if (given == null) {
            future.completeExceptionally(
                    new RemoteCallException(Kind.WRONG_ANSWER, server + " answered nothing"));
        } else {
            future.complete(given);
        }
    }

    private RemoteCallException failureOf(Status status) {
        Kind kind =
                switch (status.getCode()) {
                    case UNAVAILABLE, RESOURCE_EXHAUSTED, ABORTED -> Kind.UNAVAILABLE;
                    case DEADLINE_EXCEEDED, CANCELLED -> Kind.LATE;
                    default -> Kind.REFUSED;
                };
        String text = status.getDescription();
        return new RemoteCallException(
                kind,
                "%s: %s%s".formatted(server, status.getCode(), text == null ? "" : ": " + text));
    }
}
