package io.dhara.realtime.domain.event;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event of a source or of a group's select. Immutable.
 *
 * @param eventTimeMillis when it happened, epoch milliseconds
 * @param values by column, as {@link EventRow#value}
 */
public record FeatureEvent(long eventTimeMillis, List<@Nullable Object> values)
        implements EventRow {
    public FeatureEvent {
        values = Collections.unmodifiableList(new ArrayList<>(values));
    }

    @Override
    public @Nullable Object value(int column) {
        return values.get(column);
    }
}
