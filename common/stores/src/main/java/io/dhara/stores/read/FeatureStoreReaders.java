package io.dhara.stores.read;

import io.dhara.core.model.StoreConfig;
import io.dhara.stores.StoreConnections;
import io.dhara.stores.redis.RedisFeatureReader;
import io.dhara.stores.scylla.ScyllaFeatureReader;
import java.util.HashMap;
import java.util.Map;

/** Opens readers. */
public final class FeatureStoreReaders {
    private FeatureStoreReaders() {}

    /**
     * One reader over all configured connections: a request goes to the connection that the store's
     * conf-id names. Does not wait for any store: until one is reachable its rows fail as
     * UNAVAILABLE.
     */
    public static FeatureStoreReader open(StoreConnections connections) {
        Map<Integer, FeatureStoreReader> scylla = new HashMap<>();
        connections.scylla().forEach((id, c) -> scylla.put(id, ScyllaFeatureReader.open(c)));
        Map<Integer, FeatureStoreReader> redis = new HashMap<>();
        connections.redis().forEach((id, c) -> redis.put(id, RedisFeatureReader.open(c)));
        return new RoutingReader(
                Map.of(StoreConfig.Kind.SCYLLA, scylla, StoreConfig.Kind.REDIS, redis));
    }
}
