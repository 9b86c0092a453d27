package io.dhara.serving.admission;

import com.netflix.concurrency.limits.Limiter;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Refuses calls while that is cheap, before anything about them is looked at: those that waited too
 * long for a processor, those beyond what their method's latency bears, and those beyond the number
 * that this instance carries. RESOURCE_EXHAUSTED at once is worth more than an answer after its
 * deadline.
 */
final class AdmissionInterceptor implements ServerInterceptor {
    private final Admission admission;
    private final AtomicInteger inFlight = new AtomicInteger();

    AdmissionInterceptor(Admission admission) {
        this.admission = admission;
    }

    int inFlight() {
        return inFlight.get();
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (admission.isExempt(call.getMethodDescriptor())) {
            return next.startCall(call, headers);
        }
        if (admission.waitedTooLong(System.nanoTime())) {
            return admission.refuse(call, Admission.Reason.QUEUED);
        }
        if (inFlight.incrementAndGet() > admission.settings().maxCalls()) {
            inFlight.decrementAndGet();
            return admission.refuse(call, Admission.Reason.FULL);
        }
        Limiter<String> limiter = admission.limiter(call.getMethodDescriptor(), headers);
        Limiter.Listener lease = null;
        if (limiter != null) {
            lease = limiter.acquire(call.getMethodDescriptor().getFullMethodName()).orElse(null);
            if (lease == null) {
                inFlight.decrementAndGet();
                return admission.refuse(call, Admission.Reason.SLOW);
            }
        }
        Admitted admitted = new Admitted(lease);
        try {
            return admitted.watch(next.startCall(admitted.watch(call), headers));
        } catch (RuntimeException e) {
            admitted.answered(Status.INTERNAL);
            admitted.left();
            throw e;
        }
    }

    /** One call that is let in: its answer frees its method's limit, its end the instance's. */
    private final class Admitted {
        private final Limiter.@Nullable Listener lease;
        private final @Nullable Deadline deadline = Context.current().getDeadline();
        private final AtomicBoolean answered = new AtomicBoolean();
        private final AtomicBoolean left = new AtomicBoolean();

        Admitted(Limiter.@Nullable Listener lease) {
            this.lease = lease;
        }

        void answered(Status status) {
            if (lease == null || !answered.compareAndSet(false, true)) {
                return;
            }
            switch (status.getCode()) {
                case OK -> lease.onSuccess();
                case DEADLINE_EXCEEDED -> lease.onDropped();
                default -> lease.onIgnore();
            }
        }

        void left() {
            if (left.compareAndSet(false, true)) {
                inFlight.decrementAndGet();
            }
        }

        <Q, R> ServerCall<Q, R> watch(ServerCall<Q, R> call) {
            return new SimpleForwardingServerCall<>(call) {
                @Override
                public void close(Status status, Metadata trailers) {
                    answered(status);
                    super.close(status, trailers);
                }
            };
        }

        <Q> ServerCall.Listener<Q> watch(ServerCall.Listener<Q> listener) {
            return new SimpleForwardingServerCallListener<>(listener) {
                @Override
                public void onCancel() {
                    boolean late = deadline != null && deadline.isExpired();
                    answered(late ? Status.DEADLINE_EXCEEDED : Status.CANCELLED);
                    left();
                    super.onCancel();
                }

                @Override
                public void onComplete() {
                    left();
                    super.onComplete();
                }
            };
        }
    }
}
