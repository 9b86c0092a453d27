package io.dhara.core.registry;

import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.StoreConfig;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All schemas at one instant, complete and checked. Immutable: readers take it once per request or
 * message and never see a change half way.
 *
 * @param revision grows with every change of the source (etcd revision; for files, a count)
 * @param entities by label
 * @param stores by id
 * @param readerTokens caller id to token, for serving
 * @param writerTokens job id to token
 */
public record SchemaSnapshot(
        long revision,
        Map<String, EntitySchema> entities,
        Map<String, StoreConfig> stores,
        Map<String, String> readerTokens,
        Map<String, String> writerTokens) {

    public static final SchemaSnapshot EMPTY =
            new SchemaSnapshot(0, Map.of(), Map.of(), Map.of(), Map.of());

    public SchemaSnapshot {
        entities = Collections.unmodifiableMap(new TreeMap<>(entities));
        stores = Collections.unmodifiableMap(new TreeMap<>(stores));
        readerTokens = Map.copyOf(readerTokens);
        writerTokens = Map.copyOf(writerTokens);
    }

    /** The entity of this exact label, or null. */
    public @Nullable EntitySchema entity(String label) {
        return entities.get(label);
    }

    /**
     * The store of a group.
     *
     * @throws IllegalStateException if it is not there, which a checked snapshot rules out
     */
    public StoreConfig storeOf(FeatureGroupSchema group) {
        StoreConfig store = stores.get(group.storeId());
        if (store == null) {
            throw new IllegalStateException(
                    "store "
                            + group.storeId()
                            + " of feature group "
                            + group.entity()
                            + "/"
                            + group.label()
                            + " is not in snapshot "
                            + revision);
        }
        return store;
    }
}
