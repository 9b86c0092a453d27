package io.dhara.sessionizer.tier;

import static java.util.Objects.requireNonNull;

import io.dhara.flink.sink.RetryPolicy;
import java.io.Serializable;
import java.time.Duration;

/**
 * Bounds of one subtask's work in the tiers. At a bound the stream waits.
 *
 * @param addBatchUsers most users in one request to the hot tier
 * @param addBatches most such requests on their way
 * @param heldEvents most events waiting for the hot tier's answer, those on their way included
 * @param loads most histories read at once; never holds the stream back
 * @param flushes most users whose closed sessions are written at once
 * @param heldFlushes most closed sessions waiting for that, those on their way included
 * @param requestTimeout a request without an answer by then has failed
 * @param watchInterval how often to look whether the hot tier is whole
 * @param retry how long to wait after a failure; there is no last attempt
 */
public record TierLimits(
        int addBatchUsers,
        int addBatches,
        int heldEvents,
        int loads,
        int flushes,
        int heldFlushes,
        Duration requestTimeout,
        Duration watchInterval,
        RetryPolicy retry)
        implements Serializable {

    public static final TierLimits DEFAULT =
            new TierLimits(
                    500,
                    4,
                    20_000,
                    64,
                    256,
                    10_000,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(1),
                    RetryPolicy.DEFAULT);

    public TierLimits {
        requireNonNull(requestTimeout, "requestTimeout is null");
        requireNonNull(watchInterval, "watchInterval is null");
        requireNonNull(retry, "retry is null");
        atLeastOne("users of an add", addBatchUsers);
        atLeastOne("adds on their way", addBatches);
        atLeastOne("held events", heldEvents);
        atLeastOne("loads", loads);
        atLeastOne("flushes", flushes);
        atLeastOne("held flushes", heldFlushes);
        atLeastOne("milliseconds of the request timeout", requestTimeout.toMillis());
        atLeastOne("milliseconds of the watch interval", watchInterval.toMillis());
    }

    private static void atLeastOne(String what, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be at least 1: got " + value);
        }
    }
}
