package io.dhara.serving.grpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/**
 * Ends a call whose service threw instead of answering. Every such exception is a bug of ours, so
 * the caller gets what {@link StatusMapping} makes of it and never its text.
 */
final class FailureInterceptor implements ServerInterceptor {

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
            @Override
            public void onMessage(Q message) {
                guarded(call, () -> super.onMessage(message));
            }

            @Override
            public void onHalfClose() {
                guarded(call, super::onHalfClose);
            }
        };
    }

    private static void guarded(ServerCall<?, ?> call, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            Status status = StatusMapping.toStatus(e).getStatus();
            try {
                call.close(status, new Metadata());
            } catch (IllegalStateException alreadyClosed) {
                e.addSuppressed(alreadyClosed);
                throw e;
            }
        }
    }
}
