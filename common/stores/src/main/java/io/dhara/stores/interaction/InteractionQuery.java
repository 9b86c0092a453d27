package io.dhara.stores.interaction;

import io.dhara.core.interaction.InteractionType;
import java.util.List;

/**
 * The newest interactions of some types in a time range.
 *
 * @param types distinct stored types
 * @param fromMillis epoch milliseconds, included
 * @param toMillis epoch milliseconds, included
 * @param limit at most so many of each type, at least 1
 */
public record InteractionQuery(
        List<InteractionType> types, long fromMillis, long toMillis, int limit) {
    public InteractionQuery {
        types = List.copyOf(types);
    }
}
