package io.dhara.serving.grpc;

import static java.util.Objects.requireNonNull;

import io.dhara.serving.invalidation.TopicPositions;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Gives every call its {@link CallerContext}, and sends the trailers that services leave there. */
final class CallContextInterceptor implements ServerInterceptor {
    private final DeadlineRules deadlines;
    private final Predicate<TopicPositions> reached;
    private final Clock clock;

    /**
     * @param reached whether caches have been told of everything up to these positions
     */
    CallContextInterceptor(
            DeadlineRules deadlines, Predicate<TopicPositions> reached, Clock clock) {
        this.deadlines = requireNonNull(deadlines, "deadlines is null");
        this.reached = requireNonNull(reached, "reached is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        boolean bypass;
        try {
            bypass = isCacheTooOld(headers);
        } catch (IllegalArgumentException e) {
            return ClosedCall.with(call, Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
        }
        CallerContext caller =
                new CallerContext(AuthInterceptor.CALLER_ID.get(), deadline(headers), bypass);
        ServerCall<Q, R> withTrailers =
                new SimpleForwardingServerCall<>(call) {
                    @Override
                    public void close(Status status, Metadata trailers) {
                        trailers.merge(caller.trailers());
                        super.close(status, trailers);
                    }
                };
        return Contexts.interceptCall(
                caller.attachTo(Context.current()), withTrailers, headers, next);
    }

    private boolean isCacheTooOld(Metadata headers) {
        String readAfter = headers.get(CallHeaders.READ_AFTER);
        return readAfter != null
                && !reached.test(TopicPositions.parse(CallHeaders.READ_AFTER.name(), readAfter));
    }

    private Instant deadline(Metadata headers) {
        Deadline given = Context.current().getDeadline();
        Duration left;
        if (given != null) {
            left = Duration.ofNanos(given.timeRemaining(TimeUnit.NANOSECONDS));
        } else if (headers.containsKey(CallHeaders.WAIT)) {
            left = deadlines.waitingDefault();
        } else {
            left = deadlines.byDefault();
        }
        return clock.instant()
                .plus(left.compareTo(deadlines.longest()) < 0 ? left : deadlines.longest());
    }
}
