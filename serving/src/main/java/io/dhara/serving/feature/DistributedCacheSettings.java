package io.dhara.serving.feature;

import static io.dhara.core.config.Bounds.requirePositive;

import io.dhara.core.config.Settings;
import io.dhara.stores.StoreConnections;
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
 * @param floorLife how long the write times of an invalidation keep older fills out. Reads that
 *     took half of it fill nothing, and no entry lives shorter
 * @param settleTime entries filled so long after a gap are not believed; more than instances lag
 *     behind the invalidation topic
 */
public record DistributedCacheSettings(
        Map<Integer, RedisConfig> connections,
        String prefix,
        Duration readTimeout,
        Duration writeTimeout,
        Duration floorLife,
        Duration settleTime) {

    private static final String KEY = "serving.distributed-cache";
    private static final String DEFAULT_PREFIX = "dhara-cache:";

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
     * Reads {@code serving.distributed-cache.*}; what is wrong is reported to the settings.
     *
     * @param stores Redis connections that are feature stores
     */
    public static DistributedCacheSettings from(Settings settings, Collection<RedisConfig> stores) {
        DistributedCacheSettings byDefault = of(Map.of());
        DistributedCacheSettings read =
                new DistributedCacheSettings(
                        StoreConnections.redisByConfId(settings, KEY + ".connections"),
                        settings.string(KEY + ".prefix", DEFAULT_PREFIX),
                        settings.positiveDuration(KEY + ".read-timeout", byDefault.readTimeout),
                        settings.positiveDuration(KEY + ".write-timeout", byDefault.writeTimeout),
                        settings.positiveDuration(KEY + ".floor-life", byDefault.floorLife),
                        settings.duration(KEY + ".settle-time", byDefault.settleTime));
        for (RedisConfig store : stores) {
            if (read.sharesKeysWith(store)) {
                settings.reject(
                        KEY + ".prefix",
                        "must not be empty: "
                                + store
                                + " is also a feature store, whose values the entries would"
                                + " overwrite");
            }
        }
        return read;
    }

    /** Whether cache entries and stored values would have the same keys in one Redis. */
    private boolean sharesKeysWith(RedisConfig store) {
        return prefix.isEmpty()
                && connections.values().stream()
                        .anyMatch(
                                cache ->
                                        cache.database() == store.database()
                                                && cache.hosts().stream()
                                                        .anyMatch(store.hosts()::contains));
    }
}
