package io.dhara.serving.feature;

import static java.util.Objects.requireNonNull;

import io.dhara.core.model.EntityKey;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.StoreConfig;
import io.dhara.stores.read.FeatureStoreReader;
import io.dhara.stores.read.StoredBlock;
import io.dhara.stores.read.StoredRow;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads stores through the distributed cache: what it holds from there, the rest in one read of the
 * store, whose answer fills it. A cache that fails or is slow is left out. Thread-safe.
 */
final class DistributedCacheReader implements FeatureStoreReader {
    private final FeatureStoreReader stores;
    private final DistributedCache cache;
    private final BooleanSupplier current;
    private final Clock clock;

    /**
     * @param stores stays open when this is closed
     * @param current whether this instance knows of all writes: fills wait for that
     */
    DistributedCacheReader(
            FeatureStoreReader stores,
            DistributedCache cache,
            BooleanSupplier current,
            Clock clock) {
        this.stores = requireNonNull(stores, "stores is null");
        this.cache = requireNonNull(cache, "cache is null");
        this.current = requireNonNull(current, "current is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public CompletionStage<List<StoredRow>> read(
            StoreConfig store,
            EntitySchema entity,
            List<EntityKey> keys,
            List<FeatureGroupSchema> groups,
            Instant deadline) {
        List<FeatureGroupSchema> held = new ArrayList<>();
        List<FeatureGroupSchema> others = new ArrayList<>();
        for (FeatureGroupSchema group : groups) {
            (cache.holds(entity, group) ? held : others).add(group);
        }
        if (held.isEmpty()) {
            return stores.read(store, entity, keys, groups, deadline);
        }
        // Half the time at most: the other half is the store's.
        Duration wait = Duration.between(clock.instant(), deadline).dividedBy(2);
        return cache.get(entity, keys, held, wait)
                .thenCompose(
                        found -> {
                            Part part = new Part(entity, keys, groups, held, others, found);
                            return part.isComplete()
                                    ? CompletableFuture.completedFuture(part.rows(List.of()))
                                    : stores.read(
                                                    store,
                                                    entity,
                                                    part.missingKeys(),
                                                    part.missingGroups(),
                                                    deadline)
                                            .thenApply(part::rows);
                        });
    }

    /** One read: what the cache knew, what the store is asked for, how the two become rows. */
    private final class Part {
        private final Instant asked = clock.instant();
        private final EntitySchema entity;
        private final List<EntityKey> keys;
        private final List<FeatureGroupSchema> groups;
        private final List<FeatureGroupSchema> held;
        private final @Nullable StoredBlock[] found;
        private final List<FeatureGroupSchema> missingGroups = new ArrayList<>();
        private final List<EntityKey> missingKeys = new ArrayList<>();
        private final int[] missingRow;

        Part(
                EntitySchema entity,
                List<EntityKey> keys,
                List<FeatureGroupSchema> groups,
                List<FeatureGroupSchema> held,
                List<FeatureGroupSchema> others,
                @Nullable StoredBlock[] found) {
            this.entity = entity;
            this.keys = keys;
            this.groups = groups;
            this.held = held;
            this.found = found;
            this.missingRow = new int[keys.size()];
            boolean anyHeldMissing = false;
            for (int k = 0; k < missingRow.length; k++) {
                boolean heldMissing = isHeldMissing(k);
                anyHeldMissing |= heldMissing;
                missingRow[k] = heldMissing || !others.isEmpty() ? missingKeys.size() : -1;
                if (missingRow[k] >= 0) {
                    missingKeys.add(keys.get(k));
                }
            }
            missingGroups.addAll(others);
            if (anyHeldMissing) {
                missingGroups.addAll(held);
            }
        }

        private boolean isHeldMissing(int key) {
            int width = held.size();
            return Arrays.asList(found).subList(key * width, (key + 1) * width).contains(null);
        }

        boolean isComplete() {
            return missingKeys.isEmpty();
        }

        List<EntityKey> missingKeys() {
            return missingKeys;
        }

        List<FeatureGroupSchema> missingGroups() {
            return missingGroups;
        }

        /** Rows in the order asked; fills the cache with what the store was asked for. */
        List<StoredRow> rows(List<StoredRow> read) {
            List<StoredRow> rows = new ArrayList<>(keys.size());
            for (int k = 0; k < missingRow.length; k++) {
                StoredRow fromStore = missingRow[k] < 0 ? null : read.get(missingRow[k]);
                if (fromStore != null && fromStore.failure() != null) {
                    rows.add(fromStore);
                    continue;
                }
                rows.add(row(k, fromStore));
            }
            return rows;
        }

        private StoredRow row(int key, @Nullable StoredRow fromStore) {
            List<StoredBlock> blocks = new ArrayList<>(groups.size());
            @Nullable StoredBlock[] filled = new StoredBlock[held.size()];
            for (FeatureGroupSchema group : groups) {
                int h = held.indexOf(group);
                StoredBlock block = h < 0 ? null : found[key * held.size() + h];
                if (block == null) {
                    block =
                            requireNonNull(fromStore, "a missing group was not read")
                                    .blocks()
                                    .get(missingGroups.indexOf(group));
                    if (h >= 0) {
                        filled[h] = block;
                    }
                }
                blocks.add(block);
            }
            if (current.getAsBoolean() && cache.takesReadsOf(asked, clock.instant())) {
                cache.fill(entity, keys.get(key), held, Arrays.asList(filled));
            }
            return StoredRow.of(blocks);
        }
    }

    @Override
    public void close() {}
}
