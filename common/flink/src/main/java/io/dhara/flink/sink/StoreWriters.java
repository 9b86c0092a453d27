package io.dhara.flink.sink;

import static java.util.Objects.requireNonNull;

import io.dhara.core.model.StoreConfig;
import io.dhara.stores.StoreConnections;
import io.dhara.stores.write.FeatureStoreWriter;
import io.dhara.stores.write.FeatureStoreWriters;

/** Writers to all configured connections of one kind. */
record StoreWriters(StoreConfig.Kind kind, StoreConnections connections)
        implements FeatureStoreWriterFactory {

    StoreWriters {
        requireNonNull(kind, "kind is null");
        requireNonNull(connections, "connections is null");
    }

    @Override
    public FeatureStoreWriter open() {
        return FeatureStoreWriters.open(kind, connections);
    }
}
