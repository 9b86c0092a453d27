package io.dhara.sessionizer.event;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record as its sender meant it, before anything is checked.
 *
 * @param userId of whom it is, already chosen among the ids it came with; empty if there is none
 * @param type name of the events' type
 * @param eventTimeMillis of all its events; 0 if it says none
 * @param items its events; of an order one per detail
 */
record ParsedRecord(String userId, String type, long eventTimeMillis, List<Item> items) {

    /**
     * One event of the record.
     *
     * @param problem why it alone cannot be read, or null
     */
    record Item(
            long productId,
            long catalogId,
            String subOrder,
            String metadata,
            @Nullable RejectedException problem) {
        Item {
            requireNonNull(subOrder, "subOrder is null");
            requireNonNull(metadata, "metadata is null");
        }
    }

    ParsedRecord {
        requireNonNull(userId, "userId is null");
        requireNonNull(type, "type is null");
        items = List.copyOf(items);
    }

    /** The same at another time. */
    ParsedRecord at(long millis) {
        return new ParsedRecord(userId, type, millis, items);
    }
}
