package io.dhara.graph.config;

import io.dhara.core.model.DataType;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.psdb.DefaultValues;
import io.dhara.core.psdb.Quantizer;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.graph.PlanColumn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives every column that components fill its place, type and fallback. Order: joined keys, then
 * features, then scores; within each as written.
 */
final class ColumnLayout {
    private final SchemaSnapshot schemas;
    private final GraphLimits limits;
    private final Findings findings;
    private final ColumnTable columns;

    ColumnLayout(
            SchemaSnapshot schemas, GraphLimits limits, Findings findings, ColumnTable columns) {
        this.schemas = schemas;
        this.limits = limits;
        this.findings = findings;
        this.columns = columns;
    }

    /** The type of a name, or null after telling that there is none. */
    static @Nullable DataType type(Findings findings, String part, String name) {
        return TypeNames.parse(name)
                .orElseGet(
                        () -> {
                            findings.problem(
                                    part,
                                    "has the type "
                                            + name
                                            + ": a type is one such as Int32, FP32, String or"
                                            + " FP16Vector");
                            return null;
                        });
    }

    /** A feature and the type it is asked for in, from {@code name} or {@code name@Type}. */
    record Asked(String name, @Nullable String type) {
        static Asked of(String text) {
            int at = text.lastIndexOf('@');
            return at < 0
                    ? new Asked(text, null)
                    : new Asked(text.substring(0, at), text.substring(at + 1));
        }
    }

    static String columnName(ComponentDefinition.Features node, String group, String feature) {
        return node.prefix() + node.entity() + ":" + group + ":" + feature;
    }

    void add(List<ComponentDefinition> components) {
        for (ComponentDefinition component : components) {
            if (component instanceof ComponentDefinition.Features features
                    && features.compositeKey() != null) {
                addScore(component, features.compositeKey(), DataType.STRING, 0, true);
            }
        }
        for (ComponentDefinition component : components) {
            if (component instanceof ComponentDefinition.Features features) {
                addFeatures(features);
            }
        }
        components.forEach(this::addScores);
    }

    private void addFeatures(ComponentDefinition.Features node) {
        String part = "component " + node.head().name();
        EntitySchema entity = schemas.entity(node.entity());
        if (entity == null) {
            findings.problem(
                    part,
                    "reads entity "
                            + node.entity()
                            + ", which no schema describes: entities are "
                            + schemas.entities().keySet());
        }
        for (ComponentDefinition.Group group : node.groups()) {
            FeatureGroupSchema schema = entity == null ? null : entity.group(group.label());
            if (entity != null && schema == null) {
                findings.problem(
                        part,
                        "reads group "
                                + group.label()
                                + ", which entity "
                                + entity.label()
                                + " has not: its groups are "
                                + entity.groups().keySet());
            }
            if (schema != null) {
                checkType(part, group, schema);
            }
            if (group.features().isEmpty()) {
                findings.problem(
                        part, "reads no feature of group " + group.label() + ": list at least one");
            }
            for (String text : group.features()) {
                Asked asked = Asked.of(text);
                String name = columnName(node, group.label(), asked.name());
                if (columns.columns().size() > limits.columns()
                        || schema == null
                        || !addFeature(node, schema, asked, name)) {
                    columns.broken(name);
                }
            }
        }
    }

    private void checkType(
            String part, ComponentDefinition.Group group, FeatureGroupSchema schema) {
        if (group.type() == null) {
            return;
        }
        DataType believed = type(findings, part, group.type());
        if (believed != null && believed != schema.dataType()) {
            findings.problem(
                    part,
                    "says that group "
                            + group.label()
                            + " is "
                            + TypeNames.text(believed)
                            + " and its schema that it is "
                            + TypeNames.text(schema.dataType())
                            + ": take the schema's, or ask for a narrower float as feature@Type");
        }
    }

    private boolean addFeature(
            ComponentDefinition.Features node,
            FeatureGroupSchema group,
            Asked asked,
            String columnName) {
        String part = "component " + node.head().name();
        FeatureSpec feature = group.active().feature(asked.name());
        if (feature == null) {
            findings.problem(
                    part,
                    "reads feature "
                            + asked.name()
                            + " of group "
                            + group.label()
                            + ", whose active version "
                            + group.activeVersion()
                            + " has not: it has "
                            + group.active().features().stream().map(FeatureSpec::label).toList());
            return false;
        }
        DataType stored = group.dataType();
        DataType type = asked.type() == null ? stored : type(findings, part, asked.type());
        if (type == null) {
            return false;
        }
        if (type != stored && !Quantizer.isAllowed(stored, type)) {
            findings.problem(
                    part,
                    "reads feature "
                            + asked.name()
                            + " as "
                            + TypeNames.text(type)
                            + " and group "
                            + group.label()
                            + " is "
                            + TypeNames.text(stored)
                            + ": only a narrower float of the same shape can be asked for");
            return false;
        }
        try {
            byte[] fallback = DefaultValues.asStored(stored, feature);
            columns.add(
                    part,
                    node.head().name(),
                    columnName,
                    type,
                    type.isVector() ? feature.vectorLength() : 0,
                    PlanColumn.Kind.FEATURE,
                    fallback == null || type == stored
                            ? fallback
                            : quantised(stored, type, fallback));
            return true;
        } catch (IllegalArgumentException e) {
            findings.problem(part, "reads a feature whose schema is broken: " + e.getMessage());
            return false;
        }
    }

    private static byte[] quantised(DataType from, DataType to, byte[] value) {
        byte[] quantised = new byte[Quantizer.convertedLength(from, to, value.length)];
        Quantizer.convert(from, to, value, 0, value.length, quantised, 0);
        return quantised;
    }

    private void addScores(ComponentDefinition component) {
        String part = "component " + component.head().name();
        if (component instanceof ComponentDefinition.Model model) {
            for (ComponentDefinition.ModelOutput output : model.outputs()) {
                DataType type = type(findings, part, output.type());
                for (ComponentDefinition.Score score : output.scores()) {
                    if (type == null
                            || type.isVector()
                            || score.elements() < 1
                            || score.elements() > ColumnTable.MAX_VECTOR) {
                        columns.broken(score.column());
                    } else if (score.elements() == 1) {
                        addScore(component, score.column(), type, 0, false);
                    } else {
                        DataType vector = TypeNames.vectorOf(type);
                        addScore(component, score.column(), vector, score.elements(), false);
                    }
                }
            }
        } else if (component instanceof ComponentDefinition.Computed computed) {
            addTyped(component, computed.column(), computed.type(), computed.vectorLength());
        } else if (component instanceof ComponentDefinition.Candidates candidates) {
            for (GraphDefinition.Input value : candidates.values()) {
                addTyped(component, value.name(), value.type(), value.vectorLength());
            }
        }
    }

    private void addTyped(
            ComponentDefinition component, String name, String typeName, int vectorLength) {
        String part = "component " + component.head().name();
        DataType type = type(findings, part, typeName);
        if (type != null && !ColumnTable.isLength(type, vectorLength)) {
            findings.problem(
                    part,
                    "fills column "
                            + name
                            + " of type "
                            + TypeNames.text(type)
                            + " and vector-length "
                            + vectorLength
                            + ": a vector has 1..65535 elements, a scalar none");
            type = null;
        }
        if (type == null) {
            columns.broken(name);
        } else {
            addScore(component, name, type, vectorLength, false);
        }
    }

    private void addScore(
            ComponentDefinition component,
            String name,
            DataType type,
            int vectorLength,
            boolean joinedKey) {
        columns.add(
                "component " + component.head().name(),
                component.head().name(),
                name,
                type,
                vectorLength,
                joinedKey ? PlanColumn.Kind.COMPOSITE_KEY : PlanColumn.Kind.SCORE,
                null);
    }
}
