package io.dhara.serving.admission;

import io.dhara.core.config.Settings;
import io.github.bucket4j.Bucket;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A line per call on the logger {@code dhara.access}, as key-value pairs, which the process's log
 * settings write as JSON. A few of the calls that ended well each second, and every one that did
 * not up to a bound: an outage must not end in a flood of lines. What was left out is told by the
 * next line. Thread-safe.
 */
public final class AccessLog {
    private static final Logger LOG = LoggerFactory.getLogger("dhara.access");

    /**
     * How many lines.
     *
     * @param callsPerSecond that ended well, were refused or cancelled; 0 for none
     * @param errorsPerSecond of the others; 0 for none
     */
    public record Rates(int callsPerSecond, int errorsPerSecond) {
        /** Some of each. */
        public static final Rates DEFAULTS = new Rates(1, 100);

        /** Reads {@code serving.access-log.*}. */
        public static Rates from(Settings settings) {
            return new Rates(
                    settings.integer(
                            "serving.access-log.calls-per-second",
                            DEFAULTS.callsPerSecond,
                            0,
                            Integer.MAX_VALUE),
                    settings.integer(
                            "serving.access-log.errors-per-second",
                            DEFAULTS.errorsPerSecond,
                            0,
                            Integer.MAX_VALUE));
        }
    }

    /**
     * A call that ended.
     *
     * @param method full name
     * @param caller its id, or {@code other}
     */
    public record Call(String method, String caller, Status status, long tookNanos) {}

    private final @Nullable Bucket calls;
    private final @Nullable Bucket errors;
    private final AtomicLong left = new AtomicLong();

    public AccessLog(Rates rates) {
        this.calls = bucket(rates.callsPerSecond);
        this.errors = bucket(rates.errorsPerSecond);
    }

    private static @Nullable Bucket bucket(int perSecond) {
        return perSecond == 0
                ? null
                : Bucket.builder()
                        .addLimit(
                                limit ->
                                        limit.capacity(perSecond)
                                                .refillGreedy(perSecond, Duration.ofSeconds(1)))
                        .build();
    }

    /** Logs the call, or counts it as left out. */
    public void ended(Call call) {
        boolean error = isError(call.status.getCode());
        Bucket bucket = error ? errors : calls;
        if (bucket == null || !bucket.tryConsume(1)) {
            left.incrementAndGet();
            return;
        }
        LoggingEventBuilder line =
                LOG.atLevel(error ? Level.WARN : Level.INFO)
                        .addKeyValue("method", call.method)
                        .addKeyValue("caller", call.caller)
                        .addKeyValue("status", call.status.getCode().name())
                        .addKeyValue("took_us", TimeUnit.NANOSECONDS.toMicros(call.tookNanos))
                        .addKeyValue("left_out", left.getAndSet(0));
        if (error && call.status.getDescription() != null) {
            line = line.addKeyValue("description", call.status.getDescription());
        }
        line.log("call");
    }

    /** Whether we, and not the caller, are at fault, or nobody knows who. */
    private static boolean isError(Status.Code code) {
        return switch (code) {
            case UNKNOWN, INTERNAL, UNAVAILABLE, DEADLINE_EXCEEDED, DATA_LOSS, ABORTED -> true;
            case OK,
                    CANCELLED,
                    INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    RESOURCE_EXHAUSTED,
                    FAILED_PRECONDITION,
                    OUT_OF_RANGE,
                    UNIMPLEMENTED,
                    UNAUTHENTICATED ->
                    false;
        };
    }
}
