package io.dhara.stores.interaction;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import io.dhara.stores.StoreConnections;
import io.dhara.stores.redis.RedisConfig;
import io.dhara.stores.scylla.ScyllaConfig;
import java.io.Serializable;
import java.util.Set;

/**
 * Which of the configured connections are the tiers.
 *
 * @param connections all that are configured
 * @param hotConfId of the hot tier, one of its Redis connections
 * @param coldConfId of the cold tier, one of its Scylla connections
 */
public record TierStores(StoreConnections connections, int hotConfId, int coldConfId)
        implements Serializable {
    private static final int NONE = -1;

    public TierStores {
        requireNonNull(connections, "connections is null");
    }

    /**
     * Reads {@code interactions.hot.store} and {@code interactions.cold.store}, conf-ids of {@code
     * stores.redis} and {@code stores.scylla}. Either may be left out where there is only one
     * connection of its kind. What is wrong is reported by {@link Settings#finish()}.
     */
    public static TierStores from(Settings settings, StoreConnections connections) {
        return new TierStores(
                connections,
                confId(settings, "interactions.hot.store", "redis", connections.redis().keySet()),
                confId(
                        settings,
                        "interactions.cold.store",
                        "scylla",
                        connections.scylla().keySet()));
    }

    private static int confId(Settings settings, String key, String kind, Set<Integer> configured) {
        int only = configured.size() == 1 ? configured.iterator().next() : NONE;
        int confId = settings.integer(key, only);
        if (!configured.contains(confId)) {
            settings.reject(
                    key,
                    "must be the <conf-id> of one stores."
                            + kind
                            + ".<conf-id>, of which there are "
                            + configured.stream().sorted().toList()
                            + (confId == NONE ? "" : ": got " + confId));
        }
        return confId;
    }

    public RedisConfig hot() {
        return requireNonNull(connections.redis().get(hotConfId), "no hot tier is configured");
    }

    public ScyllaConfig cold() {
        return requireNonNull(connections.scylla().get(coldConfId), "no cold tier is configured");
    }
}
