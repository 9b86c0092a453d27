package io.dhara.stores;

import io.dhara.stores.redis.RedisConfig;
import io.dhara.stores.scylla.ScyllaConfig;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeSet;

/**
 * The configured store connections by conf-id ({@code conf-id} of {@code storage/stores/<id>}). A
 * conf-id belongs to one kind only.
 *
 * @param scylla connections of stores of kind SCYLLA
 * @param redis connections of stores of kind REDIS
 */
public record StoreConnections(Map<Integer, ScyllaConfig> scylla, Map<Integer, RedisConfig> redis)
        implements Serializable {

    public StoreConnections {
        scylla = Map.copyOf(scylla);
        redis = Map.copyOf(redis);
        TreeSet<Integer> shared = new TreeSet<>(scylla.keySet());
        shared.retainAll(redis.keySet());
        if (!shared.isEmpty()) {
            throw new IllegalArgumentException(
                    "conf-ids "
                            + shared
                            + " name both a Scylla and a Redis connection: give each connection a"
                            + " conf-id of its own");
        }
    }

    /** One connection of each kind. */
    public static StoreConnections of(
            int scyllaConfId, ScyllaConfig scylla, int redisConfId, RedisConfig redis) {
        return new StoreConnections(Map.of(scyllaConfId, scylla), Map.of(redisConfId, redis));
    }
}
