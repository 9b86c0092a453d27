package io.dhara.stores.read;

import io.dhara.stores.StoreConnections;

/** Opens readers. */
public final class FeatureStoreReaders {
    private FeatureStoreReaders() {}

    /**
     * One reader over all configured connections: a request goes to the connection that the store's
     * conf-id names. Does not wait for any store: until one is reachable its rows fail as
     * UNAVAILABLE.
     */
    public static FeatureStoreReader open(StoreConnections connections) {
        throw new UnsupportedOperationException(connections.toString());
    }
}
