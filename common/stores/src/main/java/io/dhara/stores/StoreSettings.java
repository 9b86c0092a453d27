package io.dhara.stores;

import io.dhara.core.config.Settings;
import io.dhara.stores.redis.RedisConfig;
import io.dhara.stores.scylla.ScyllaConfig;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the store connections of a process: {@code stores.scylla.<conf-id>.*} and {@code
 * stores.redis.<conf-id>.*}, named as the components of {@link ScyllaConfig} and {@link
 * RedisConfig} with hyphens.
 */
public final class StoreSettings {
    /** Stands where a host is missing; the missing setting itself is reported by its key. */
    private static final Endpoint NOWHERE = new Endpoint("nowhere", 1);

    private StoreSettings() {}

    /**
     * Problems are left in the settings, for {@link Settings#finish}; until that has passed the
     * result must not be used.
     */
    public static StoreConnections read(Settings settings) {
        Map<Integer, ScyllaConfig> scylla =
                each(settings, "stores.scylla", prefix -> scylla(settings, prefix));
        Map<Integer, RedisConfig> redis =
                each(settings, "stores.redis", prefix -> redis(settings, prefix));
        try {
            return new StoreConnections(scylla, redis);
        } catch (IllegalArgumentException e) {
            settings.reject("stores", String.valueOf(e.getMessage()));
            return new StoreConnections(scylla, Map.of());
        }
    }

    private static <T> Map<Integer, T> each(
            Settings settings, String prefix, Function<String, T> reader) {
        Map<Integer, T> byId = new TreeMap<>();
        for (String name : settings.children(prefix)) {
            String key = prefix + "." + name;
            T config = checked(settings, key, reader);
            try {
                int confId = Integer.parseInt(name);
                if (config != null) {
                    byId.put(confId, config);
                }
            } catch (NumberFormatException e) {
                settings.reject(key, "must name a conf-id, a whole number: got " + name);
            }
        }
        return byId;
    }

    private static <T> @Nullable T checked(
            Settings settings, String key, Function<String, T> reader) {
        try {
            return reader.apply(key);
        } catch (IllegalArgumentException e) {
            settings.reject(key, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static ScyllaConfig scylla(Settings settings, String prefix) {
        String at = prefix + ".";
        ScyllaConfig byDefault = ScyllaConfig.of(List.of(NOWHERE), "", "");
        return new ScyllaConfig(
                endpoints(settings, at + "contact-points"),
                settings.required(at + "datacenter"),
                settings.required(at + "keyspace"),
                settings.string(at + "username", byDefault.username()),
                settings.secret(at + "password", byDefault.password()),
                settings.string(at + "consistency", byDefault.consistency()),
                settings.positiveDuration(at + "request-timeout", byDefault.requestTimeout()),
                settings.positiveDuration(at + "connect-timeout", byDefault.connectTimeout()),
                settings.positiveDuration(at + "reconnect-delay", byDefault.reconnectDelay()),
                settings.integer(at + "connections-per-node", byDefault.connectionsPerNode()),
                settings.integer(at + "io-threads", byDefault.ioThreads()),
                settings.integer(at + "max-in-flight", byDefault.maxInFlight()),
                settings.integer(at + "max-queued", byDefault.maxQueued()),
                Math.toIntExact(settings.size(at + "batch-size", byDefault.batchBytes())));
    }

    private static RedisConfig redis(Settings settings, String prefix) {
        String at = prefix + ".";
        RedisConfig byDefault = RedisConfig.standalone(NOWHERE);
        return new RedisConfig(
                settings.choice(at + "mode", byDefault.mode()),
                endpoints(settings, at + "hosts"),
                settings.string(at + "master-name", byDefault.masterName()),
                settings.string(at + "username", byDefault.username()),
                settings.secret(at + "password", byDefault.password()),
                settings.integer(at + "database", byDefault.database()),
                settings.bool(at + "tls", byDefault.tls()),
                settings.positiveDuration(at + "connect-timeout", byDefault.connectTimeout()),
                settings.positiveDuration(at + "request-timeout", byDefault.requestTimeout()),
                settings.integer(at + "io-threads", byDefault.ioThreads()),
                settings.integer(at + "max-queued-reads", byDefault.maxQueuedReads()),
                settings.integer(at + "pipeline-keys", byDefault.pipelineKeys()),
                settings.integer(at + "max-queued-writes", byDefault.maxQueuedWrites()));
    }

    private static List<Endpoint> endpoints(Settings settings, String key) {
        settings.required(key);
        List<String> texts = settings.list(key, List.of());
        return texts.isEmpty() ? List.of(NOWHERE) : texts.stream().map(Endpoint::parse).toList();
    }
}
