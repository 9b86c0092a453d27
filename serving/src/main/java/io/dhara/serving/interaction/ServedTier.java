package io.dhara.serving.interaction;

import java.util.Locale;

/** Where the interactions of an answer come from. */
enum ServedTier {
    /** Nowhere: nothing that old is served, so nothing was read. */
    NONE,
    HOT,
    COLD,
    /** The union of both. */
    BOTH;

    /** What an answer made of two such parts comes from. */
    ServedTier and(ServedTier other) {
        if (this == other || other == NONE) {
            return this;
        }
        return this == NONE ? other : BOTH;
    }

    /** As in response metadata and in metrics. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
