package io.dhara.realtime.domain.definition;

import io.dhara.realtime.domain.aggregate.Aggregate;
import io.dhara.realtime.domain.aggregate.ResultType;
import io.dhara.realtime.domain.tile.KeyHistory;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One feature of a group and how its value is read from a key's history.
 *
 * @param name its label in the registry
 * @param meaning what it says, in words that do not depend on its name: features of equal meaning
 *     have equal values
 * @param state the kept state it is read from; features may share one
 * @param span its window, half-life or expiry, for people
 */
public record PlannedFeature(
        String name,
        String meaning,
        String state,
        String span,
        ResultType result,
        Reading reading) {

    /** Reads a value. */
    public sealed interface Reading {
        /** Of the type of the feature's {@link ResultType}; null: the default is to be served. */
        @Nullable Object read(KeyHistory history);
    }

    /**
     * Of a window.
     *
     * @param column place in the group's layout
     * @param window place in the column's windows
     */
    public record OverWindow(Aggregate aggregate, int column, int window, Duration length)
            implements Reading {
        @Override
        public @Nullable Object read(KeyHistory history) {
            return aggregate.read(history.window(column, window), length);
        }
    }

    /** Of a decayed count or sum. */
    public record Decayed(int decay) implements Reading {
        @Override
        public Double read(KeyHistory history) {
            return history.decayed(decay);
        }
    }

    /** Of a gauge. */
    public record Open(int gauge) implements Reading {
        @Override
        public Long read(KeyHistory history) {
            return history.open(gauge);
        }
    }

    /** The value at the history's instant; null when there is none and the default is served. */
    public @Nullable Object value(KeyHistory history) {
        return reading.read(history);
    }
}
