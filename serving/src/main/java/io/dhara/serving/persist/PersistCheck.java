package io.dhara.serving.persist;

import io.dhara.core.model.EntitySchema;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.proto.persist.Data;
import io.dhara.proto.persist.FeatureGroupSchema;
import io.dhara.proto.persist.Query;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.ServingException.Kind;

/**
 * Refuses what is wrong for certain before it is sent: unknown names and a message whose parts do
 * not fit together. Values are judged by the job alone, so that there is one judge.
 */
final class PersistCheck {
    private PersistCheck() {}

    /**
     * @throws ServingException NOT_FOUND for an unknown entity or group, INVALID for the shape
     */
    static EntitySchema check(Query query, SchemaSnapshot schemas, int maxRows) {
        EntitySchema entity = schemas.entity(query.getEntityLabel());
        if (entity == null) {
            throw new ServingException(
                    Kind.NOT_FOUND, "entity " + query.getEntityLabel() + " not found");
        }
        for (FeatureGroupSchema group : query.getFeatureGroupSchemaList()) {
            if (entity.group(group.getLabel()) == null) {
                throw new ServingException(
                        Kind.NOT_FOUND,
                        "feature group "
                                + group.getLabel()
                                + " not found for entity : "
                                + entity.label());
            }
        }
        if (query.getFeatureGroupSchemaCount() == 0) {
            throw invalid("feature_group_schema is empty: nothing would be written");
        }
        if (query.getDataCount() == 0) {
            throw invalid("data is empty: nothing would be written");
        }
        if (query.getDataCount() > maxRows) {
            throw invalid(
                    "data has "
                            + query.getDataCount()
                            + " rows, the limit is "
                            + maxRows
                            + " (serving.persist.max-rows): split the call");
        }
        for (int row = 0; row < query.getDataCount(); row++) {
            checkRow(query, row);
        }
        return entity;
    }

    private static void checkRow(Query query, int row) {
        Data data = query.getData(row);
        if (data.getKeyValuesCount() != query.getKeysSchemaCount()) {
            throw invalid(
                    "data["
                            + row
                            + "].key_values has "
                            + data.getKeyValuesCount()
                            + " values, keys_schema names "
                            + query.getKeysSchemaCount());
        }
        if (data.getFeatureValuesCount() != query.getFeatureGroupSchemaCount()) {
            throw invalid(
                    "data["
                            + row
                            + "].feature_values has "
                            + data.getFeatureValuesCount()
                            + " elements, feature_group_schema names "
                            + query.getFeatureGroupSchemaCount()
                            + " groups");
        }
    }

    private static ServingException invalid(String message) {
        return new ServingException(Kind.INVALID, message);
    }
}
