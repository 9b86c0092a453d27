package io.dhara.realtime.domain.aggregate;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a windowed feature says about the events of its window: which partial is kept of them and
 * how it is read. Stateless.
 *
 * @param partial what is kept
 * @param result what {@link #read} gives
 * @param reading turns a partial into the value
 */
public record Aggregate(PartialType partial, ResultType result, Reading reading) {

    /** How a partial becomes a value. */
    @FunctionalInterface
    public interface Reading {
        /**
         * @param window its nominal length
         * @return of the class that {@link ResultType} says; null when there is none
         */
        @Nullable Object read(Partial partial, Duration window);
    }

    /**
     * The value, or null when the window's events give none (a mean of nothing): the feature's
     * default is to be served. Counts and sums of nothing are 0.
     */
    public @Nullable Object read(Partial partial, Duration window) {
        return reading.read(partial, window);
    }
}
