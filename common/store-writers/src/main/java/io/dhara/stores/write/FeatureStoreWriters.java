package io.dhara.stores.write;

import io.dhara.core.model.StoreConfig;
import io.dhara.stores.StoreConnections;
import io.dhara.stores.write.redis.RedisFeatureWriter;
import io.dhara.stores.write.scylla.ScyllaFeatureWriter;
import java.util.HashMap;
import java.util.Map;

/** Opens writers. */
public final class FeatureStoreWriters {
    private FeatureStoreWriters() {}

    /**
     * One writer over all configured connections of this kind: a write goes to the connection that
     * its store's conf-id names. Does not wait for any store: until one is reachable its writes
     * come back as RETRY.
     */
    public static FeatureStoreWriter open(StoreConfig.Kind kind, StoreConnections connections) {
        Map<Integer, FeatureStoreWriter> byConfId = new HashMap<>();
        switch (kind) {
            case SCYLLA ->
                    connections
                            .scylla()
                            .forEach((id, c) -> byConfId.put(id, ScyllaFeatureWriter.open(c)));
            case REDIS ->
                    connections
                            .redis()
                            .forEach((id, c) -> byConfId.put(id, RedisFeatureWriter.open(c)));
        }
        return new RoutingWriter(kind, byConfId);
    }
}
