package io.dhara.realtime.domain.event;

import org.jspecify.annotations.Nullable;

/** One event as read from its source or as selected from it: a time and columns by place. */
public interface EventRow {

    /** When it happened, epoch milliseconds. */
    long eventTimeMillis();

    /**
     * The value in a column: a {@link Long}, {@link Double}, {@link String} or {@link Boolean} as
     * the column's {@link FieldType} says, or null.
     */
    @Nullable Object value(int column);
}
