package io.dhara.stores.read;

import io.dhara.core.model.EntityKey;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.StoreConfig;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Reads stored blocks of one store connection. Thread-safe; closed by whoever opened it. */
public interface FeatureStoreReader extends AutoCloseable {

    /**
     * Reads all groups of all keys, in one round trip where the store allows it.
     *
     * @param store the store the groups live in
     * @param entity entity of the keys
     * @param keys distinct keys in the entity's key sequence order
     * @param groups groups of that entity that live in that store
     * @param deadline instant after which the answer is useless; handed down to the driver. Keys
     *     not answered by then come back as failed rows of kind DEADLINE
     * @return one row per key, in key order. Never fails as a whole: failures are rows. Completed
     *     on a driver thread
     */
    CompletionStage<List<StoredRow>> read(
            StoreConfig store,
            EntitySchema entity,
            List<EntityKey> keys,
            List<FeatureGroupSchema> groups,
            Instant deadline);

    @Override
    void close();
}
