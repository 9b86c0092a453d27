package io.dhara.serving.feature;

import io.dhara.core.model.EntitySchema.CacheConfig;
import java.util.function.LongUnaryOperator;

/** Time to live of cache entries, as the peer spreads it. */
final class Jitter {
    private Jitter() {}

    /**
     * The entity's TTL plus or minus its jitter, in whole seconds.
     *
     * @param random a number from 0 to its argument, exclusive
     * @return 0 for no end
     */
    static long seconds(CacheConfig config, LongUnaryOperator random) {
        long ttl = config.ttlSeconds();
        if (ttl == 0) {
            return 0;
        }
        long range = ttl * config.jitterPercent() / 100;
        long life = ttl - range + random.applyAsLong(2 * range + 1);
        return life < 1 ? ttl : life;
    }
}
