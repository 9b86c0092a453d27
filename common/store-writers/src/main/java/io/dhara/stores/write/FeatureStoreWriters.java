package io.dhara.stores.write;

import io.dhara.core.model.StoreConfig;
import io.dhara.stores.StoreConnections;

/** Opens writers. */
public final class FeatureStoreWriters {
    private FeatureStoreWriters() {}

    /**
     * One writer over all configured connections of this kind: a write goes to the connection that
     * its store's conf-id names. Does not wait for any store: until one is reachable its writes
     * come back as RETRY.
     */
    public static FeatureStoreWriter open(StoreConfig.Kind kind, StoreConnections connections) {
        throw new UnsupportedOperationException(kind + " " + connections);
    }
}
