package io.dhara.stores.write.scylla;

import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.psdb.SegmentLayout;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.stores.write.BlockWrite;
import org.jspecify.annotations.Nullable;

/** Where a block goes: its table and its columns. */
record Target(StoreConfig store, EntitySchema entity, FeatureGroupSchema group) {

    /** Null when the snapshot does not know the group or the store. */
    static @Nullable Target of(SchemaSnapshot snapshot, BlockWrite write) {
        StoreConfig store = snapshot.stores().get(write.storeId());
        EntitySchema entity = snapshot.entity(write.key().entity());
        FeatureGroupSchema group = entity == null ? null : entity.group(write.group());
        return store == null || entity == null || group == null
                ? null
                : new Target(store, entity, group);
    }

    SegmentLayout layout() {
        return new SegmentLayout(group.columns(), store.maxColumnSizeBytes());
    }
}
