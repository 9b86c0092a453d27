package io.dhara.core.config;

import java.time.Duration;

/** Checks that records of settings share. */
public final class Bounds {
    private Bounds() {}

    /**
     * @param name of the setting, for the message
     * @throws IllegalArgumentException if it is 0 or less
     */
    public static void requirePositive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be positive: got " + value);
        }
    }

    /**
     * @param name of the setting, for the message
     * @throws IllegalArgumentException if it is 0 or less
     */
    public static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be positive: got " + value);
        }
    }
}
