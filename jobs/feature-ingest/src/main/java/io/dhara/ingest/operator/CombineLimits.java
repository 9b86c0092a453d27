package io.dhara.ingest.operator;

import static io.dhara.core.config.Bounds.requirePositive;
import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.Duration;

/**
 * Bounds of the combiner of one subtask.
 *
 * @param flushInterval longest time a write is held, at least 1 ms
 * @param maxRows writes held at once
 * @param maxBytes the same in bytes
 * @param tieMemory (key, group, partition) whose newest record is remembered
 */
public record CombineLimits(Duration flushInterval, int maxRows, long maxBytes, int tieMemory)
        implements Serializable {

    public static final CombineLimits DEFAULT =
            new CombineLimits(Duration.ofMillis(50), 10_000, 16L << 20, 4096);

    public CombineLimits {
        requireNonNull(flushInterval, "flushInterval is null");
        requirePositive("flush-interval in ms", flushInterval.toMillis());
        requirePositive("flush-max-rows", maxRows);
        requirePositive("flush-max-bytes", maxBytes);
        requirePositive("tie-memory", tieMemory);
    }
}
