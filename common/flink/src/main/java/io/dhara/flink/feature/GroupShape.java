package io.dhara.flink.feature;

import static java.util.Objects.requireNonNull;

import io.dhara.core.model.DataType;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.registry.DefaultText;
import io.dhara.core.registry.SchemaSnapshot;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a message about one feature group must look like. Immutable.
 *
 * @param entity label of the entity
 * @param keyLabels its key columns, in the entity's key order
 * @param group label of the group
 * @param type data type of its features
 * @param features those that messages carry, in the order of their values
 */
public record GroupShape(
        String entity, List<String> keyLabels, String group, DataType type, List<Feature> features)
        implements Serializable {

    /** A length that only the registry knows; feature-ingest checks it. */
    public static final int UNKNOWN_LENGTH = -1;

    /**
     * One feature of a message.
     *
     * @param stringLength most bytes of a string, or {@link #UNKNOWN_LENGTH}
     * @param vectorLength elements of a vector, or {@link #UNKNOWN_LENGTH}
     * @param defaultElements its default as text, one element for a scalar; null if not known
     */
    public record Feature(
            String label,
            int stringLength,
            int vectorLength,
            @Nullable List<String> defaultElements)
            implements Serializable {

        public Feature {
            requireNonNull(label, "label is null");
            defaultElements = defaultElements == null ? null : List.copyOf(defaultElements);
        }
    }

    public GroupShape {
        requireNonNull(entity, "entity is null");
        keyLabels = List.copyOf(keyLabels);
        requireNonNull(group, "group is null");
        requireNonNull(type, "type is null");
        features = List.copyOf(features);
        if (keyLabels.isEmpty()) {
            throw new IllegalArgumentException("entity " + entity + " needs at least one key");
        }
        if (features.isEmpty()) {
            throw new IllegalArgumentException(
                    "a message of " + entity + "/" + group + " needs at least one feature");
        }
        Set<String> seen = new HashSet<>();
        for (Feature feature : features) {
            if (!seen.add(feature.label())) {
                throw new IllegalArgumentException(
                        "feature " + feature.label() + " of " + entity + "/" + group + " is twice");
            }
        }
    }

    /** A shape known without a registry: lengths and defaults are left to feature-ingest. */
    public static GroupShape declared(
            String entity,
            List<String> keyLabels,
            String group,
            DataType type,
            List<String> features) {
        return new GroupShape(
                entity,
                keyLabels,
                group,
                type,
                features.stream()
                        .map(label -> new Feature(label, UNKNOWN_LENGTH, UNKNOWN_LENGTH, null))
                        .toList());
    }

    /**
     * The shape by the schemas.
     *
     * @param version schema version, or 0 for the active one
     * @throws IllegalArgumentException naming what the schemas lack, and what they have
     */
    public static GroupShape of(
            SchemaSnapshot schemas,
            String entity,
            String group,
            int version,
            List<String> features) {
        EntitySchema entitySchema = entity(schemas, entity);
        FeatureGroupSchema groupSchema = entitySchema.group(group);
        if (groupSchema == null) {
            throw lacks("group " + group + " of " + entity, entitySchema.groups().keySet());
        }
        SchemaVersion schema = version == 0 ? groupSchema.active() : groupSchema.version(version);
        if (schema == null) {
            throw lacks(
                    "version " + version + " of " + entity + "/" + group,
                    groupSchema.versions().keySet());
        }
        return new GroupShape(
                entity,
                keyLabels(schemas, entity),
                group,
                groupSchema.dataType(),
                features.stream()
                        .map(label -> feature(groupSchema.dataType(), schema, label, group))
                        .toList());
    }

    /**
     * Key columns of an entity, in its key order.
     *
     * @throws IllegalArgumentException if the schemas lack it, naming what they have
     */
    public static List<String> keyLabels(SchemaSnapshot schemas, String entity) {
        return entity(schemas, entity).keys().stream()
                .map(EntitySchema.KeyColumn::entityLabel)
                .toList();
    }

    private static EntitySchema entity(SchemaSnapshot schemas, String label) {
        EntitySchema entity = schemas.entity(label);
        if (entity == null) {
            throw lacks("entity " + label, schemas.entities().keySet());
        }
        return entity;
    }

    private static Feature feature(
            DataType type, SchemaVersion version, String label, String group) {
        FeatureSpec spec = version.feature(label);
        if (spec == null) {
            throw lacks(
                    "feature " + label + " of " + group + " version " + version.version(),
                    version.features().stream().map(FeatureSpec::label).toList());
        }
        return new Feature(label, spec.stringLength(), spec.vectorLength(), defaultOf(type, spec));
    }

    /** Null also for a default that is no finite value of its type, which etcd may hold. */
    private static @Nullable List<String> defaultOf(DataType type, FeatureSpec spec) {
        try {
            List<String> elements = DefaultText.toElements(type, spec);
            boolean emptyVector = type.isVector() && spec.vectorLength() == 0;
            boolean finite =
                    TextValues.vector(type, elements).stream()
                            .noneMatch(value -> value instanceof Double d && !Double.isFinite(d));
            return finite && (emptyVector || !elements.isEmpty()) ? elements : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static IllegalArgumentException lacks(String wanted, Object there) {
        return new IllegalArgumentException("unknown " + wanted + "; there are " + there);
    }
}
