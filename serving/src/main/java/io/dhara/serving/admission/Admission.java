package io.dhara.serving.admission;

import static java.util.Objects.requireNonNull;

import com.netflix.concurrency.limits.Limiter;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The door of an instance: what it refuses, and what it counts of that. One for all the ways in
 * which calls come. Thread-safe.
 */
public final class Admission {
    private static final Context.Key<Long> ARRIVED = Context.key("dhara-arrived-nanos");

    /** Why a call is refused. */
    enum Reason {
        /** It waited too long for its thread. */
        QUEUED,
        /** The instance has all the calls that it carries. */
        FULL,
        /** Its method is slower than usual and has all the calls that it bears so. */
        SLOW,
        /** Its caller has all the calls of one caller. */
        SHARE,
        /** Its caller has made more calls than it may. */
        QUOTA,
        /** It is larger than calls of its method may be. */
        SIZE;

        private final String label = name().toLowerCase(Locale.ROOT);
    }

    /**
     * What admission has to know of calls.
     *
     * @param methods full names of all that are limited
     * @param exemptServices full names of services that are never refused
     * @param takeLong calls whose latency says nothing about load
     * @param caller the id of the running call's caller, after authentication
     * @param isKnownCaller whether such an id has quotas and series of its own
     */
    public record Calls(
            Collection<String> methods,
            Set<String> exemptServices,
            Predicate<Metadata> takeLong,
            Supplier<String> caller,
            Predicate<String> isKnownCaller) {
        public Calls {
            methods = Set.copyOf(methods);
            exemptServices = Set.copyOf(exemptServices);
        }
    }

    private final AdmissionSettings settings;
    private final Calls calls;
    private final CallWaits waits;
    private final MethodLimits limits;
    private final Map<Reason, Refusal> refusals = new EnumMap<>(Reason.class);
    private final Map<Reason, Counter> refused = new EnumMap<>(Reason.class);
    private final AdmissionInterceptor door;

    /**
     * @param currentLoop the event loop that it is called on, if that is one
     */
    public Admission(
            AdmissionSettings settings,
            Calls calls,
            Supplier<@Nullable Executor> currentLoop,
            MeterRegistry meters) {
        this.settings = requireNonNull(settings, "settings is null");
        this.calls = requireNonNull(calls, "calls is null");
        this.waits = new CallWaits(settings, currentLoop);
        this.limits = new MethodLimits(settings, calls.methods(), meters);
        this.door = new AdmissionInterceptor(this);
        for (Reason reason : Reason.values()) {
            refusals.put(reason, new Refusal(why(reason), settings.retryAfter()));
            refused.put(
                    reason,
                    Counter.builder("dhara.serving.calls.refused")
                            .description("calls refused before they were looked at")
                            .tag("reason", reason.label)
                            .register(meters));
        }
        Gauge.builder("dhara.serving.calls.in.flight", door, AdmissionInterceptor::inFlight)
                .register(meters);
    }

    String why(Reason reason) {
        return switch (reason) {
            case QUEUED ->
                    "this instance has more work than processor time, and the call waited longer"
                            + " than serving.admission.max-wait; try again or another instance";
            case FULL ->
                    "this instance has "
                            + settings.maxCalls()
                            + " calls on their way, its limit (serving.max-calls); try again or"
                            + " another instance";
            case SLOW ->
                    "calls of this method are slow, and as many are on their way as that bears"
                            + " (serving.admission.adaptive); try again or another instance";
            case SHARE ->
                    "this caller has its share of this instance's calls on their way"
                            + " (serving.quota.share-percent)";
            case QUOTA -> "this caller makes more calls per second than its quota (serving.quota)";
            case SIZE -> "the request is larger than serving.max-request-size-of its method";
        };
    }

    /** The outermost check, before authentication. */
    public ServerInterceptor door() {
        return door;
    }

    /** The check of callers, after authentication; null when there are no quotas. */
    public @Nullable ServerInterceptor quotas() {
        return settings.quotas().areNone() ? null : new QuotaInterceptor(this);
    }

    /**
     * A service that refuses requests larger than those of their method may be.
     *
     * @throws io.dhara.core.config.ConfigException if a limit is for a method that is not served
     */
    public ServerServiceDefinition withRequestSizes(ServerServiceDefinition service) {
        return new RequestSizes(this, calls.methods()).limit(service);
    }

    /** Notes when the transport had a call, for servers that hand calls to other threads. */
    public static ServerStreamTracer.Factory arrivals() {
        return new ServerStreamTracer.Factory() {
            @Override
            public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
                long arrived = System.nanoTime();
                return new ServerStreamTracer() {
                    @Override
                    public Context filterContext(Context context) {
                        return context.withValue(ARRIVED, arrived);
                    }
                };
            }
        };
    }

    /**
     * Whether a call that an event loop has just read waited too long, and is to be answered with
     * {@link #queuedTrailers} before anything is made of it. Counts it.
     *
     * @param path {@code /service/method}
     */
    public boolean refusesQueued(CharSequence path) {
        if (!waitedTooLong(System.nanoTime()) || isExempt(path)) {
            return false;
        }
        requireNonNull(refused.get(Reason.QUEUED)).increment();
        return true;
    }

    private boolean isExempt(CharSequence path) {
        String text = path.toString();
        return calls.exemptServices().stream()
                .anyMatch(service -> text.startsWith("/" + service + "/"));
    }

    /** Names and values in turn, as they stand in HTTP/2. */
    public List<String> queuedTrailers() {
        return requireNonNull(refusals.get(Reason.QUEUED)).trailers();
    }

    AdmissionSettings settings() {
        return settings;
    }

    Calls calls() {
        return calls;
    }

    boolean isExempt(MethodDescriptor<?, ?> method) {
        return calls.exemptServices().contains(method.getServiceName());
    }

    boolean waitedTooLong(long nowNanos) {
        Long arrived = ARRIVED.get();
        return !waits.admit(nowNanos, arrived == null ? nowNanos : arrived);
    }

    /** The limiter of a call; null when it has none. */
    @Nullable Limiter<String> limiter(MethodDescriptor<?, ?> method, Metadata headers) {
        return method.getType() == MethodType.UNARY && !calls.takeLong().test(headers)
                ? limits.of(method.getFullMethodName())
                : null;
    }

    <Q, R> ServerCall.Listener<Q> refuse(ServerCall<Q, R> call, Reason reason) {
        return refuse(call, reason, requireNonNull(refusals.get(reason)));
    }

    <Q, R> ServerCall.Listener<Q> refuse(ServerCall<Q, R> call, Reason reason, Refusal refusal) {
        requireNonNull(refused.get(reason)).increment();
        return refusal.of(call);
    }
}
