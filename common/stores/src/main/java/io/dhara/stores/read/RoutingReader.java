package io.dhara.stores.read;

import io.dhara.core.model.EntityKey;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.StoreConfig;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Hands each read to the connection of the store's kind and conf-id. */
final class RoutingReader implements FeatureStoreReader {
    private final Map<StoreConfig.Kind, Map<Integer, FeatureStoreReader>> byKind;

    RoutingReader(Map<StoreConfig.Kind, Map<Integer, FeatureStoreReader>> byKind) {
        this.byKind = Map.copyOf(byKind);
    }

    @Override
    public CompletionStage<List<StoredRow>> read(
            StoreConfig store,
            EntitySchema entity,
            List<EntityKey> keys,
            List<FeatureGroupSchema> groups,
            Instant deadline) {
        Map<Integer, FeatureStoreReader> byConfId = byKind.getOrDefault(store.kind(), Map.of());
        @Nullable FeatureStoreReader reader = byConfId.get(store.confId());
        if (reader != null) {
            return reader.read(store, entity, keys, groups, deadline);
        }
        StoredRow failed =
                StoredRow.failed(
                        new StoreReadException(
                                StoreReadException.Kind.UNAVAILABLE,
                                "store "
                                        + store.id()
                                        + " has conf-id "
                                        + store.confId()
                                        + ", configured conf-ids of kind "
                                        + store.kind()
                                        + " are "
                                        + new TreeSet<>(byConfId.keySet())
                                        + ": configure the connection and start again"));
        return CompletableFuture.completedFuture(Collections.nCopies(keys.size(), failed));
    }

    @Override
    public void close() {
        byKind.values().forEach(readers -> readers.values().forEach(FeatureStoreReader::close));
    }
}
