package io.dhara.stores;

import io.dhara.core.config.Settings;
import io.dhara.stores.redis.RedisConfig;
import io.dhara.stores.scylla.ScyllaConfig;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;

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

    /**
     * Reads {@code stores.scylla.<conf-id>.*} and {@code stores.redis.<conf-id>.*}; what is wrong
     * is reported by {@link Settings#finish()}.
     */
    public static StoreConnections from(Settings settings) {
        Map<Integer, ScyllaConfig> scylla = byConfId(settings, "stores.scylla", ScyllaConfig::from);
        Map<Integer, RedisConfig> redis = redisByConfId(settings, "stores.redis");
        for (Integer confId : scylla.keySet()) {
            if (redis.remove(confId) != null) {
                settings.reject(
                        "stores.redis." + confId,
                        "has the conf-id of a Scylla connection: give each connection its own");
            }
        }
        return new StoreConnections(scylla, redis);
    }

    /** Reads {@code <prefix>.<conf-id>.*}; what is wrong is reported to the settings. */
    public static Map<Integer, RedisConfig> redisByConfId(Settings settings, String prefix) {
        return byConfId(settings, prefix, RedisConfig::from);
    }

    private static <C> Map<Integer, C> byConfId(
            Settings settings, String prefix, BiFunction<Settings, String, C> reader) {
        Map<Integer, C> found = new TreeMap<>();
        for (String child : settings.children(prefix)) {
            String name = prefix + "." + child;
            try {
                found.put(Integer.valueOf(child), reader.apply(settings, name));
            } catch (NumberFormatException e) {
                settings.reject(name, "must be a conf-id, a whole number: got " + child);
            } catch (IllegalArgumentException e) {
                settings.reject(name, e.getMessage());
            }
        }
        return found;
    }

    /** One connection of each kind. */
    public static StoreConnections of(
            int scyllaConfId, ScyllaConfig scylla, int redisConfId, RedisConfig redis) {
        return new StoreConnections(Map.of(scyllaConfId, scylla), Map.of(redisConfId, redis));
    }
}
