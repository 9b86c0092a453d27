package io.dhara.realtime.domain.tile;

import io.dhara.realtime.domain.aggregate.PartialType;
import io.dhara.realtime.domain.event.ColumnInput;
import java.util.List;

/**
 * One partial aggregate that is kept per tile, with all the windows it is read over.
 *
 * @param identity what is counted, in words that name columns and conditions, not places: equal
 *     identities and types mean the same state, also between two versions of a definition
 * @param windows sorted, without repeats, at least one
 */
public record StateColumn(
        String identity, PartialType type, ColumnInput input, List<Window> windows) {
    public StateColumn {
        if (windows.isEmpty()) {
            throw new IllegalArgumentException(identity + " has no window");
        }
        windows = windows.stream().sorted().distinct().toList();
    }
}
