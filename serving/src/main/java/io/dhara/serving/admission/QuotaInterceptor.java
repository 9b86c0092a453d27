package io.dhara.serving.admission;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Holds each caller to its calls per second, of which it may make those of a second at once, and to
 * its share of the calls on their way. Callers that the registry does not know share one quota.
 */
final class QuotaInterceptor implements ServerInterceptor {
    private final Admission admission;
    private final AdmissionSettings.Quotas quotas;
    private final int share;
    private final Refusal shareTaken;
    private final Map<String, OfCaller> callers = new ConcurrentHashMap<>();

    QuotaInterceptor(Admission admission) {
        this.admission = admission;
        AdmissionSettings settings = admission.settings();
        this.quotas = settings.quotas();
        this.share = (int) Math.max(1, (long) settings.maxCalls() * quotas.sharePercent() / 100);
        this.shareTaken =
                new Refusal(
                        admission.why(Admission.Reason.SHARE) + ": " + share + " calls",
                        settings.retryAfter());
    }

    /**
     * One caller, or all unknown ones.
     *
     * @param bucket null for any number of calls per second
     */
    private record OfCaller(@Nullable Bucket bucket, AtomicInteger onTheirWay) {}

    private OfCaller make(String caller) {
        int perSecond = quotas.callsPerSecondOf(caller);
        Bucket bucket =
                perSecond == 0
                        ? null
                        : Bucket.builder()
                                .addLimit(
                                        limit ->
                                                limit.capacity(perSecond)
                                                        .refillGreedy(
                                                                perSecond, Duration.ofSeconds(1)))
                                .withNanosecondPrecision()
                                .build();
        return new OfCaller(bucket, new AtomicInteger());
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (admission.isExempt(call.getMethodDescriptor())) {
            return next.startCall(call, headers);
        }
        String id = admission.calls().caller().get();
        OfCaller caller =
                callers.computeIfAbsent(
                        admission.calls().isKnownCaller().test(id) ? id : AdmissionSettings.OTHER,
                        this::make);
        if (caller.onTheirWay.incrementAndGet() > share) {
            caller.onTheirWay.decrementAndGet();
            return admission.refuse(call, Admission.Reason.SHARE, shareTaken);
        }
        AtomicBoolean left = new AtomicBoolean();
        Runnable leave =
                () -> {
                    if (left.compareAndSet(false, true)) {
                        caller.onTheirWay.decrementAndGet();
                    }
                };
        if (caller.bucket != null) {
            ConsumptionProbe probe = caller.bucket.tryConsumeAndReturnRemaining(1);
            if (!probe.isConsumed()) {
                leave.run();
                return admission.refuse(
                        call,
                        Admission.Reason.QUOTA,
                        new Refusal(
                                admission.why(Admission.Reason.QUOTA),
                                Duration.ofNanos(probe.getNanosToWaitForRefill())));
            }
        }
        try {
            return leaving(next.startCall(call, headers), leave);
        } catch (RuntimeException e) {
            leave.run();
            throw e;
        }
    }

    private static <Q> ServerCall.Listener<Q> leaving(
            ServerCall.Listener<Q> listener, Runnable leave) {
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onCancel() {
                leave.run();
                super.onCancel();
            }

            @Override
            public void onComplete() {
                leave.run();
                super.onComplete();
            }
        };
    }
}
