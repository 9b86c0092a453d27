package io.dhara.localstack.demo;

import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.flink.feature.FeatureMessageBuilder;
import io.dhara.flink.feature.FeatureRefusedException;
import io.dhara.flink.feature.GroupShape;
import io.dhara.proto.persist.Query;
import java.util.List;
import java.util.Map;

/** Feature messages in the form that producers put on Kafka, by the types of the schemas. */
final class FeatureQueries {
    private final SchemaSnapshot schemas;

    FeatureQueries(SchemaSnapshot schemas) {
        this.schemas = schemas;
    }

    /**
     * @throws IllegalArgumentException naming an entity, group or feature that the schemas lack
     * @throws FeatureRefusedException if a value does not fit its group
     */
    Query query(FeatureMessage message) {
        FeatureMessageBuilder query =
                new FeatureMessageBuilder(
                        message.entity(),
                        GroupShape.keyLabels(schemas, message.entity()),
                        message.keyValues(),
                        false);
        message.groups().forEach((group, features) -> add(query, message, group, features));
        return query.build();
    }

    private void add(
            FeatureMessageBuilder query,
            FeatureMessage message,
            String group,
            Map<String, Object> features) {
        GroupShape shape =
                GroupShape.of(
                        schemas,
                        message.entity(),
                        group,
                        message.schemaVersion(),
                        List.copyOf(features.keySet()));
        query.add(
                shape,
                shape.features().stream().map(feature -> features.get(feature.label())).toList());
    }
}
