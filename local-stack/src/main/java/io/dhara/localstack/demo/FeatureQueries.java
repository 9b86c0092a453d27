package io.dhara.localstack.demo;

import io.dhara.core.model.DataType;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.proto.persist.Data;
import io.dhara.proto.persist.FeatureValues;
import io.dhara.proto.persist.Query;
import io.dhara.proto.persist.Values;
import io.dhara.proto.persist.Vector;
import java.util.ArrayList;
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
     */
    Query query(FeatureMessage message) {
        EntitySchema entity = schemas.entity(message.entity());
        if (entity == null) {
            throw new IllegalArgumentException(
                    "unknown entity %s; there are %s"
                            .formatted(message.entity(), schemas.entities().keySet()));
        }
        if (entity.keys().size() != message.keyValues().size()) {
            throw new IllegalArgumentException(
                    "key of %s must have %d values: got %s"
                            .formatted(
                                    message.entity(), entity.keys().size(), message.keyValues()));
        }
        Query.Builder query = Query.newBuilder().setEntityLabel(message.entity());
        entity.keys().forEach(key -> query.addKeysSchema(key.entityLabel()));
        Data.Builder data = Data.newBuilder().addAllKeyValues(message.keyValues());
        message.groups()
                .forEach(
                        (label, features) -> {
                            FeatureGroupSchema group = entity.group(label);
                            if (group == null) {
                                throw new IllegalArgumentException(
                                        "unknown group %s of %s; there are %s"
                                                .formatted(
                                                        label,
                                                        message.entity(),
                                                        entity.groups().keySet()));
                            }
                            add(query, data, group, version(group, message), features);
                        });
        return query.addData(data).build();
    }

    private static SchemaVersion version(FeatureGroupSchema group, FeatureMessage message) {
        SchemaVersion version =
                message.schemaVersion() == 0
                        ? group.active()
                        : group.version(message.schemaVersion());
        if (version == null) {
            throw new IllegalArgumentException(
                    "group %s has no version %d".formatted(group.label(), message.schemaVersion()));
        }
        return version;
    }

    private static void add(
            Query.Builder query,
            Data.Builder data,
            FeatureGroupSchema group,
            SchemaVersion version,
            Map<String, Object> features) {
        List<String> labels = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        for (FeatureSpec feature : version.features()) {
            Object value = features.get(feature.label());
            if (value != null) {
                labels.add(feature.label());
                values.add(value);
            }
        }
        if (values.size() != features.size()) {
            throw new IllegalArgumentException(
                    "group %s has the features %s: got %s"
                            .formatted(
                                    group.label(),
                                    version.features().stream().map(FeatureSpec::label).toList(),
                                    features.keySet()));
        }
        query.addFeatureGroupSchema(
                io.dhara.proto.persist.FeatureGroupSchema.newBuilder()
                        .setLabel(group.label())
                        .addAllFeatureLabels(labels));
        data.addFeatureValues(FeatureValues.newBuilder().setValues(values(group, values)));
    }

    private static Values values(FeatureGroupSchema group, List<Object> values) {
        DataType type = group.dataType();
        Values.Builder list = Values.newBuilder();
        if (type.isVector()) {
            for (Object value : values) {
                if (!(value instanceof List<?> elements)) {
                    throw new IllegalArgumentException(
                            "a vector of %s must be a list: got %s"
                                    .formatted(group.label(), value));
                }
                Values.Builder vector = Values.newBuilder();
                elements.forEach(element -> addValue(vector, type.scalar(), element));
                list.addVector(Vector.newBuilder().setValues(vector));
            }
        } else {
            values.forEach(value -> addValue(list, type, value));
        }
        return list.build();
    }

    private static void addValue(Values.Builder list, DataType type, Object value) {
        try {
            switch (type) {
                case FP8_E5M2, FP8_E4M3, FP16, FP32 ->
                        list.addFp32Values(((Number) value).doubleValue());
                case FP64 -> list.addFp64Values(((Number) value).doubleValue());
                case INT8, INT16, INT32 ->
                        list.addInt32Values(Math.toIntExact(((Number) value).longValue()));
                case INT64 -> list.addInt64Values(((Number) value).longValue());
                case UINT8, UINT16, UINT32 ->
                        list.addUint32Values((int) ((Number) value).longValue());
                case UINT64 -> list.addUint64Values(((Number) value).longValue());
                case STRING -> list.addStringValues((String) value);
                case BOOL -> list.addBoolValues((Boolean) value);
                default -> throw new IllegalArgumentException(type + " is no scalar type");
            }
        } catch (ClassCastException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "a value of type %s cannot be %s".formatted(type.wireName(), value), e);
        }
    }
}
