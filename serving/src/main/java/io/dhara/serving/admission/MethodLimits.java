package io.dhara.serving.admission;

import com.netflix.concurrency.limits.Limit;
import com.netflix.concurrency.limits.Limiter;
import com.netflix.concurrency.limits.limit.Gradient2Limit;
import com.netflix.concurrency.limits.limit.WindowedLimit;
import com.netflix.concurrency.limits.limiter.SimpleLimiter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How many calls of each method may be on their way: as many as its latency bears. A store that
 * slows down raises the latency of its methods, and their limits fall before calls pile up; other
 * methods keep theirs. Thread-safe.
 */
final class MethodLimits {
    /** Latency may double for a while before a limit falls. */
    private static final double TOLERANCE = 2;

    private static final long WINDOW_MILLIS = 100;
    private static final int SHARE_AT_START = 4;

    private final Map<String, SimpleLimiter<String>> limiters = new HashMap<>();

    /**
     * @param methods full names
     */
    MethodLimits(AdmissionSettings settings, Collection<String> methods, MeterRegistry meters) {
        if (!settings.adaptive()) {
            return;
        }
        for (String method : methods) {
            SimpleLimiter<String> limiter =
                    SimpleLimiter.newBuilder().limit(limit(settings)).build();
            limiters.put(method, limiter);
            Gauge.builder("dhara.serving.calls.limit", limiter, SimpleLimiter::getLimit)
                    .description("calls of a method that may be on their way at once")
                    .tag("method", method)
                    .register(meters);
        }
    }

    private static Limit limit(AdmissionSettings settings) {
        int start = Math.max(settings.minCalls(), settings.maxCalls() / SHARE_AT_START);
        return WindowedLimit.newBuilder()
                .minWindowTime(WINDOW_MILLIS, TimeUnit.MILLISECONDS)
                .build(
                        Gradient2Limit.newBuilder()
                                .initialLimit(start)
                                .minLimit(settings.minCalls())
                                .maxConcurrency(settings.maxCalls())
                                .rttTolerance(TOLERANCE)
                                .build());
    }

    /** The limiter of a method; null when it has none. */
    @Nullable Limiter<String> of(String method) {
        return limiters.get(method);
    }
}
