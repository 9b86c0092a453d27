package io.dhara.serving.feature;

import java.time.Duration;

/**
 * Settings of the feature read path.
 *
 * @param maxKeys most keys of one request
 * @param maxResponseBytes most bytes of one answer
 * @param answerReserve taken off the caller's deadline before it is handed to the stores, so that
 *     an answer without a late store still arrives; at most a tenth of the time left is taken
 * @param compatErrors what the compatible calls do when a store fails
 * @param compatDefaults in which form the compatible call answers defaults of bools and vectors
 * @param cacheBytes bound of the in-process cache; 0 turns it off
 * @param maxPlans most request shapes whose plan is kept
 */
public record FeatureReadSettings(
        int maxKeys,
        int maxResponseBytes,
        Duration answerReserve,
        CompatErrors compatErrors,
        CompatDefaults compatDefaults,
        long cacheBytes,
        int maxPlans) {

    /** What the compatible calls do when a store fails or is late. */
    public enum CompatErrors {
        /** OK with defaults, as the peer does, and a trailer that says so. */
        HIDE,
        /** UNAVAILABLE or DEADLINE_EXCEEDED. */
        FAIL
    }

    /** Forms of a default in {@code Row.columns}. */
    public enum CompatDefaults {
        /** The bytes as etcd holds them, as the peer answers them. */
        ETCD,
        /** The form a stored value has. */
        STORED
    }

    public static final FeatureReadSettings DEFAULTS =
            new FeatureReadSettings(
                    10_000,
                    64 << 20,
                    Duration.ofMillis(5),
                    CompatErrors.HIDE,
                    CompatDefaults.ETCD,
                    256L << 20,
                    1_000);

    public FeatureReadSettings {
        if (maxKeys < 1) {
            throw new IllegalArgumentException("max-keys must be positive: got " + maxKeys);
        }
        if (maxResponseBytes < 1) {
            throw new IllegalArgumentException(
                    "max-response-size must be positive: got " + maxResponseBytes);
        }
        if (answerReserve.isNegative()) {
            throw new IllegalArgumentException(
                    "answer-reserve must not be negative: got " + answerReserve);
        }
        if (cacheBytes < 0) {
            throw new IllegalArgumentException(
                    "cache-size must not be negative: got " + cacheBytes);
        }
        if (maxPlans < 1) {
            throw new IllegalArgumentException("max-plans must be positive: got " + maxPlans);
        }
    }
}
