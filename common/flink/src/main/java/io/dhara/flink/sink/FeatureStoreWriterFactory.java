package io.dhara.flink.sink;

import io.dhara.stores.write.FeatureStoreWriter;
import java.io.Serializable;

/** Opens the writer of one sink subtask, which closes it. */
@FunctionalInterface
public interface FeatureStoreWriterFactory extends Serializable {
    /** Must not wait for the store: a store that is away is an outage, not a failure to open. */
    FeatureStoreWriter open();
}
