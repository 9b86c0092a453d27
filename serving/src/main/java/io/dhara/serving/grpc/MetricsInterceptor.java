package io.dhara.serving.grpc;

import static java.util.Objects.requireNonNull;

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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Times every call by method, caller and status, refused ones included. Callers that the registry
 * does not know are one caller, {@code other}: what strangers send makes no time series.
 */
final class MetricsInterceptor implements ServerInterceptor {
    private static final String OTHER = "other";

    private record Series(String method, String caller, Status.Code status) {}

    private final MeterRegistry meters;
    private final Predicate<String> isKnownCaller;
    private final Map<Series, Timer> timers = new ConcurrentHashMap<>();
    private final Counter lateAnswers;

    MetricsInterceptor(MeterRegistry meters, Predicate<String> isKnownCaller) {
        this.meters = requireNonNull(meters, "meters is null");
        this.isKnownCaller = requireNonNull(isKnownCaller, "isKnownCaller is null");
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
                        measured.ended(status.getCode());
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
        return callerId != null && isKnownCaller.test(callerId) ? callerId : OTHER;
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
            ended(late ? Status.Code.DEADLINE_EXCEEDED : Status.Code.CANCELLED);
        }

        void ended(Status.Code status) {
            if (counted.compareAndSet(false, true)) {
                timer(new Series(method, caller, status))
                        .record(System.nanoTime() - startNanos, TimeUnit.NANOSECONDS);
            }
        }
    }
}
