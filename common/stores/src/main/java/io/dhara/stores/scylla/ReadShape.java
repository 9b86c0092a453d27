package io.dhara.stores.scylla;

import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.StoreConfig;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a select depends on: the table, its key columns, and per group its segment columns in block
 * order. The select has two result columns per segment: the segment and its write time.
 */
record ReadShape(String table, List<String> keyColumns, List<List<String>> segments) {

    static ReadShape of(StoreConfig store, EntitySchema entity, List<FeatureGroupSchema> groups) {
        return new ReadShape(
                store.table(),
                entity.keys().stream().map(EntitySchema.KeyColumn::columnLabel).toList(),
                groups.stream().map(FeatureGroupSchema::columns).toList());
    }

    String cql(String keyspace) {
        return "SELECT "
                + segments.stream()
                        .flatMap(List::stream)
                        .map(CqlNames::name)
                        .map(segment -> segment + ",WRITETIME(" + segment + ")")
                        .collect(Collectors.joining(","))
                + " FROM "
                + CqlNames.table(keyspace, table)
                + " WHERE "
                + CqlNames.bound(keyColumns, " AND ");
    }
}
