package io.dhara.realtime.domain.event;

import org.jspecify.annotations.Nullable;

/**
 * What an aggregate takes from an event.
 *
 * @param column place of the value in the row; {@link #EVENT} when the event itself is what counts
 * @param where which events it takes
 */
public record ColumnInput(int column, Condition where) {
    public static final int EVENT = -1;

    /**
     * The value, or null when the event gives none: it is not meant, its value is null, or a number
     * that is none (NaN, infinite).
     */
    public @Nullable Object of(EventRow event) {
        if (!where.holds(event)) {
            return null;
        }
        if (column == EVENT) {
            return Boolean.TRUE;
        }
        Object value = event.value(column);
        return value instanceof Double number && !Double.isFinite(number) ? null : value;
    }
}
