package io.dhara.flink.sink;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import java.io.Serializable;
import java.time.Duration;

/**
 * Bounds of one sink subtask. Memory is bounded by {@code maxPendingRows} and {@code
 * maxPendingBytes}: past either, the sink holds the stream back until the store has taken some.
 *
 * @param maxBatchRows rows of one call of the writer
 * @param maxBatchBytes bytes of one call; one row may be larger
 * @param maxInFlightBatches calls on their way at once, per store
 * @param maxPendingRows rows held: waiting, on their way and in backoff
 * @param maxPendingBytes the same in bytes
 * @param linger how long a row waits for its batch to fill
 * @param requestTimeout after which a call of the writer, or an acknowledgement of the listener, is
 *     given up and its rows are tried again
 */
public record SinkLimits(
        int maxBatchRows,
        long maxBatchBytes,
        int maxInFlightBatches,
        int maxPendingRows,
        long maxPendingBytes,
        Duration linger,
        Duration requestTimeout,
        RetryPolicy retry)
        implements Serializable {

    public static final SinkLimits DEFAULT =
            new SinkLimits(
                    256,
                    1L << 20,
                    4,
                    20_000,
                    64L << 20,
                    Duration.ofMillis(5),
                    Duration.ofSeconds(30),
                    RetryPolicy.DEFAULT);

    public SinkLimits {
        requireNonNull(retry, "retry is null");
        requireAtLeast("max-batch-rows", maxBatchRows, 1);
        requireAtLeast("max-batch-bytes", maxBatchBytes, 1);
        requireAtLeast("max-in-flight-batches", maxInFlightBatches, 1);
        requireAtLeast("max-pending-rows", maxPendingRows, maxBatchRows);
        requireAtLeast("max-pending-bytes", maxPendingBytes, maxBatchBytes);
        requireAtLeast("linger in ms", linger.toMillis(), 1);
        requireAtLeast("request-timeout in ms", requestTimeout.toMillis(), 1);
    }

    /**
     * Reads {@code <prefix>.max-batch-rows} and so on; what is not given keeps its default. Wrong
     * values are reported by {@link Settings#finish()}.
     */
    public static SinkLimits from(Settings settings, String prefix) {
        int batchRows = count(settings, prefix + ".max-batch-rows", DEFAULT.maxBatchRows);
        long batchBytes = settings.size(prefix + ".max-batch-bytes", DEFAULT.maxBatchBytes);
        int inFlight =
                count(settings, prefix + ".max-in-flight-batches", DEFAULT.maxInFlightBatches);
        int pendingRows = count(settings, prefix + ".max-pending-rows", DEFAULT.maxPendingRows);
        long pendingBytes = settings.size(prefix + ".max-pending-bytes", DEFAULT.maxPendingBytes);
        Duration linger = settings.positiveDuration(prefix + ".linger", DEFAULT.linger);
        Duration timeout =
                settings.positiveDuration(prefix + ".request-timeout", DEFAULT.requestTimeout);
        Duration initial =
                settings.positiveDuration(prefix + ".retry-initial", DEFAULT.retry.initial());
        Duration max = settings.positiveDuration(prefix + ".retry-max", DEFAULT.retry.max());
        try {
            return new SinkLimits(
                    batchRows,
                    batchBytes,
                    inFlight,
                    pendingRows,
                    pendingBytes,
                    linger,
                    timeout,
                    new RetryPolicy(initial, max));
        } catch (IllegalArgumentException e) {
            settings.reject(prefix, "is inconsistent: " + e.getMessage());
            return DEFAULT;
        }
    }

    private static int count(Settings settings, String key, int byDefault) {
        return settings.integer(key, byDefault, 1, Integer.MAX_VALUE);
    }

    private static void requireAtLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    name + " must be at least " + least + ": got " + value);
        }
    }
}
