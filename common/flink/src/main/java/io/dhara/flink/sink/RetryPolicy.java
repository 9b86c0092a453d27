package io.dhara.flink.sink;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: doubling from {@code initial} to {@code max}, each time
 * between half of it and all of it by chance, so that subtasks do not come back in step. There is
 * no last attempt.
 */
public record RetryPolicy(Duration initial, Duration max) implements Serializable {
    public static final RetryPolicy DEFAULT =
            new RetryPolicy(Duration.ofMillis(50), Duration.ofSeconds(5));

    public RetryPolicy {
        requireNonNull(initial, "initial is null");
        requireNonNull(max, "max is null");
        if (initial.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "initial backoff must be at least 1 ms: got " + initial);
        }
        if (max.compareTo(initial) < 0) {
            throw new IllegalArgumentException(
                    "max backoff must be at least the initial backoff " + initial + ": got " + max);
        }
    }

    /**
     * @param failures failures in a row, from 1
     */
    public long delayMillis(int failures, RandomGenerator random) {
        int doublings = Math.min(failures - 1, Long.numberOfLeadingZeros(initial.toMillis()) - 2);
        long full = Math.min(max.toMillis(), initial.toMillis() << doublings);
        return full - random.nextLong(full / 2 + 1);
    }
}
