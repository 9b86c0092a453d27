package io.dhara.serving.feature;

import io.dhara.stores.redis.RedisConfig;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;

/**
 * Settings of the distributed cache.
 *
 * @param connections Redis by the entities' {@code distributed-cache/conf-id}; an entity whose
 *     conf-id is not here is not cached there
 * @param prefix before every key; empty for BharatMLStack's form, in a Redis that is no store
 * @param readTimeout after which a read goes on without the cache
 * @param writeTimeout after which a fill or an invalidation counts as failed
 * @param floorLife how long the write times of an invalidation keep older fills out; longer than
 *     any instance's delay and read deadline together. No entry lives shorter
 * @param settleTime entries filled so long after a gap are not believed: the same bound
 */
public record DistributedCacheSettings(
        Map<Integer, RedisConfig> connections,
        String prefix,
        Duration readTimeout,
        Duration writeTimeout,
        Duration floorLife,
        Duration settleTime) {

    public static final String DEFAULT_PREFIX = "dhara-cache:";

    public DistributedCacheSettings {
        connections = Map.copyOf(connections);
        requirePositive("read-timeout", readTimeout);
        requirePositive("write-timeout", writeTimeout);
        requirePositive("floor-life", floorLife);
        if (settleTime.isNegative()) {
            throw new IllegalArgumentException(
                    "settle-time must not be negative: got " + settleTime);
        }
    }

    /** These connections, and the defaults of everything else. */
    public static DistributedCacheSettings of(Map<Integer, RedisConfig> connections) {
        return new DistributedCacheSettings(
                connections,
                DEFAULT_PREFIX,
                Duration.ofMillis(10),
                Duration.ofSeconds(2),
                Duration.ofSeconds(60),
                Duration.ofSeconds(10));
    }

    /**
     * @param stores Redis connections that are feature stores
     * @throws IllegalArgumentException if cache entries would overwrite stored values, because both
     *     have the same keys in one Redis
     */
    public void requireApartFrom(Collection<RedisConfig> stores) {
        if (!prefix.isEmpty()) {
            return;
        }
        for (RedisConfig cache : connections.values()) {
            for (RedisConfig store : stores) {
                if (cache.database() == store.database()
                        && cache.hosts().stream().anyMatch(store.hosts()::contains)) {
                    throw new IllegalArgumentException(
                            "prefix of the distributed cache is empty, and "
                                    + cache
                                    + " is also a feature store: its entries would overwrite stored"
                                    + " features; set a prefix or use another Redis");
                }
            }
        }
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be positive: got " + value);
        }
    }
}
