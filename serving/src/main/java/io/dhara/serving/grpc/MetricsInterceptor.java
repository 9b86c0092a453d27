package io.dhara.serving.grpc;

import static java.util.Objects.requireNonNull;

import io.dhara.serving.admission.AccessLog;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Times every call by method, caller and status, refused ones included. Callers that the registry
 * does not know are one caller, {@code other}: what strangers send makes no time series. So are
 * known ones beyond a number. Each call is told to the access log, too.
 */
final class MetricsInterceptor implements ServerInterceptor {
    private static final String OTHER = "other";

    private record Series(String method, String caller, Status.Code status) {}

    private final MeterRegistry meters;
    private final Predicate<String> isKnownCaller;
    private final int maxCallers;
    private final AccessLog accessLog;
    private final Map<Series, Timer> timers = new ConcurrentHashMap<>();
    private final Set<String> callers = ConcurrentHashMap.newKeySet();
    private final Counter lateAnswers;

    /**
     * @param maxCallers that have series of their own, those that call first
     */
    MetricsInterceptor(
            MeterRegistry meters,
            Predicate<String> isKnownCaller,
            int maxCallers,
            AccessLog accessLog) {
        this.meters = requireNonNull(meters, "meters is null");
        this.isKnownCaller = requireNonNull(isKnownCaller, "isKnownCaller is null");
        this.maxCallers = maxCallers;
        this.accessLog = requireNonNull(accessLog, "accessLog is null");
        this.lateAnswers =
                Counter.builder("dhara.serving.answers.late")
                        .description("answers dropped because the caller had gone or given up")
                        .register(meters);
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Measured measured =
                new Measured(
                        call.getMethodDescriptor().getFullMethodName(),
                        caller(headers),
                        Context.current().getDeadline());
        ServerCall<Q, R> watched =
                new SimpleForwardingServerCall<>(call) {
                    @Override
                    public void sendMessage(R message) {
                        if (isCancelled()) {
                            lateAnswers.increment();
                        } else {
                            super.sendMessage(message);
                        }
                    }

                    @Override
                    public void close(Status status, Metadata trailers) {
                        measured.ended(status);
                        super.close(status, trailers);
                    }
                };
        return new SimpleForwardingServerCallListener<>(next.startCall(watched, headers)) {
            @Override
            public void onCancel() {
                measured.cancelled();
                super.onCancel();
            }
        };
    }

    private String caller(Metadata headers) {
        String callerId = headers.get(CallHeaders.CALLER_ID);
        if (callerId == null) {
            callerId = headers.get(CallHeaders.INTERACTION_CALLER_ID);
        }
        if (callerId == null) {
            callerId = headers.get(CallHeaders.INFERFLOW_CALLER_ID);
        }
        return callerId != null && isKnownCaller.test(callerId) && isCounted(callerId)
                ? callerId
                : OTHER;
    }

    private boolean isCounted(String caller) {
        if (callers.contains(caller)) {
            return true;
        }
        synchronized (callers) {
            return callers.size() < maxCallers && callers.add(caller) || callers.contains(caller);
        }
    }

    private Timer timer(Series series) {
        return timers.computeIfAbsent(
                series,
                key ->
                        Timer.builder("dhara.serving.calls")
                                .description("calls by method, caller and status")
                                .tag("method", key.method)
                                .tag("caller", key.caller)
                                .tag("status", key.status.name())
                                .publishPercentileHistogram()
                                .minimumExpectedValue(Duration.ofNanos(100_000))
                                .maximumExpectedValue(Duration.ofSeconds(10))
                                .register(meters));
    }

    /** One call; counted when it ends, once. */
    private final class Measured {
        private final String method;
        private final String caller;
        private final @Nullable Deadline deadline;
        private final long startNanos = System.nanoTime();
        private final AtomicBoolean counted = new AtomicBoolean();

        Measured(String method, String caller, @Nullable Deadline deadline) {
            this.method = method;
            this.caller = caller;
            this.deadline = deadline;
        }

        void cancelled() {
            boolean late = deadline != null && deadline.isExpired();
            ended(late ? Status.DEADLINE_EXCEEDED : Status.CANCELLED);
        }

        void ended(Status status) {
            if (counted.compareAndSet(false, true)) {
                long took = System.nanoTime() - startNanos;
                timer(new Series(method, caller, status.getCode()))
                        .record(took, TimeUnit.NANOSECONDS);
                accessLog.ended(new AccessLog.Call(method, caller, status, took));
            }
        }
    }
}
