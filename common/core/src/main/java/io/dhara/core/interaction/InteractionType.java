package io.dhara.core.interaction;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * A kind of interaction and how it is kept.
 *
 * @param name as events and readers say it, as {@code ADD_TO_CART}
 * @param stored whether it is kept in the tiers at all; an app-open only starts a session
 * @param table prefix of its tables in the cold tier, as {@code click} in {@code
 *     click_interactions_bucket1}
 * @param shape which text columns its layout 1 blocks have
 * @param layout layout of newly written blocks, 1 or 2; both are read
 * @param hotLimit newest interactions kept in the hot tier
 * @param weekLimit newest interactions kept per calendar week in the cold tier
 */
public record InteractionType(
        String name,
        boolean stored,
        String table,
        Shape shape,
        int layout,
        int hotLimit,
        int weekLimit)
        implements Serializable {

    /** The two shapes of a layout 1 block. */
    public enum Shape {
        /** Metadata only. */
        CLICK,
        /** Sub-order number and metadata. */
        ORDER
    }

    public InteractionType {
        requireNonNull(name, "name is null");
        requireNonNull(table, "table is null");
        requireNonNull(shape, "shape is null");
    }
}
