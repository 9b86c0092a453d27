package io.dhara.serving.feature;

import io.dhara.core.model.EntityKey;

/** Spreads keys over a fixed number of counters. */
final class Stripes {
    private static final int BITS = 12;
    static final int COUNT = 1 << BITS;

    private Stripes() {}

    /** 0 to {@link #COUNT}, exclusive. */
    static int of(EntityKey key) {
        return key.hashCode() * 0x9E3779B9 >>> Integer.SIZE - BITS;
    }
}
