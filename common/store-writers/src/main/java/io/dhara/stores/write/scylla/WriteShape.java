package io.dhara.stores.write.scylla;

import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.StoreConfig;
import io.dhara.stores.scylla.CqlNames;
import java.util.List;

/**
 * What an update depends on: the table, its key columns, the group's segment columns, and whether
 * the cells expire. An update, not an insert: it leaves no row marker, so a row whose cells have
 * all expired is gone.
 */
record WriteShape(String table, List<String> keyColumns, List<String> segments, boolean expires) {

    static WriteShape of(
            StoreConfig store, EntitySchema entity, FeatureGroupSchema group, boolean expires) {
        return new WriteShape(
                store.table(),
                entity.keys().stream().map(EntitySchema.KeyColumn::columnLabel).toList(),
                group.columns(),
                expires);
    }

    String cql(String keyspace) {
        return "UPDATE "
                + CqlNames.table(keyspace, table)
                + (expires ? " USING TTL ? AND TIMESTAMP ? SET " : " USING TIMESTAMP ? SET ")
                + CqlNames.bound(segments, ",")
                + " WHERE "
                + CqlNames.bound(keyColumns, " AND ");
    }
}
