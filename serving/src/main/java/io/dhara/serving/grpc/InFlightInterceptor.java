package io.dhara.serving.grpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sheds calls above a number on their way at once: RESOURCE_EXHAUSTED at once is worth more than an
 * answer after its deadline.
 */
final class InFlightInterceptor implements ServerInterceptor {
    private final int limit;
    private final AtomicInteger inFlight = new AtomicInteger();

    InFlightInterceptor(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("max-calls must be positive: got " + limit);
        }
        this.limit = limit;
    }

    int inFlight() {
        return inFlight.get();
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (inFlight.incrementAndGet() > limit) {
            inFlight.decrementAndGet();
            return ClosedCall.with(
                    call,
                    Status.RESOURCE_EXHAUSTED.withDescription(
                            "this instance has "
                                    + limit
                                    + " calls on their way, its limit (serving.max-calls); try"
                                    + " again or another instance"));
        }
        Counted<Q> counted = new Counted<>();
        try {
            return counted.around(next.startCall(call, headers));
        } catch (RuntimeException e) {
            counted.leave();
            throw e;
        }
    }

    /** One counted call: leaves the count exactly once. */
    private final class Counted<Q> {
        private final AtomicBoolean left = new AtomicBoolean();

        void leave() {
            if (left.compareAndSet(false, true)) {
                inFlight.decrementAndGet();
            }
        }

        ServerCall.Listener<Q> around(ServerCall.Listener<Q> listener) {
            return new SimpleForwardingServerCallListener<>(listener) {
                @Override
                public void onCancel() {
                    leave();
                    super.onCancel();
                }

                @Override
                public void onComplete() {
                    leave();
                    super.onComplete();
                }
            };
        }
    }
}
