package io.dhara.graph.config;

import static io.dhara.graph.config.NodeCompiler.part;

import io.dhara.core.model.DataType;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.graph.FeatureNode;
import io.dhara.graph.PlanColumn;
import io.dhara.graph.RowCondition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Checks components that read features: their keys above all. */
final class FeatureNodeCompiler {
    private final SchemaSnapshot schemas;
    private final GraphLimits limits;
    private final Findings findings;
    private final ColumnTable columns;

    FeatureNodeCompiler(
            SchemaSnapshot schemas, GraphLimits limits, Findings findings, ColumnTable columns) {
        this.schemas = schemas;
        this.limits = limits;
        this.findings = findings;
        this.columns = columns;
    }

    /** Null when it is refused. */
    @Nullable NodeDraft compile(
            ComponentDefinition.Features node, @Nullable RowCondition condition) {
        String part = part(node);
        if (node.head().slate()) {
            findings.problem(part, "reads features for slates: only models and expressions do");
            return null;
        }
        if (node.groups().isEmpty()) {
            findings.problem(part, "reads no feature group: list at least one under groups");
        }
        if (node.keys().isEmpty() || node.keys().size() > limits.keyParts()) {
            findings.problem(
                    part,
                    "has " + node.keys().size() + " key columns: must be 1.." + limits.keyParts());
        }
        EntitySchema entity = schemas.entity(node.entity());
        if (entity == null) {
            return null;
        }
        Map<String, Integer> written = new HashMap<>();
        boolean complete = true;
        for (int i = 0; i < node.keys().size(); i++) {
            ComponentDefinition.Key key = node.keys().get(i);
            complete &= checkKey(part, entity, key);
            if (written.put(key.schema(), i) != null) {
                findings.problem(part, "gives key column " + key.schema() + " twice: give it once");
            }
        }
        List<FeatureNode.KeyPart> parts = new ArrayList<>();
        int[] order = new int[node.keys().size()];
        BitSet reads = NodeCompiler.reads(null, condition);
        for (EntitySchema.KeyColumn key : entity.keys()) {
            Integer place = written.get(key.entityLabel());
            if (place == null) {
                findings.problem(
                        part,
                        "does not give key column "
                                + key.entityLabel()
                                + " of entity "
                                + entity.label()
                                + ": add it to the keys");
                complete = false;
                continue;
            }
            PlanColumn column = columns.get(node.keys().get(place).column());
            if (column != null) {
                order[place] = parts.size();
                parts.add(new FeatureNode.KeyPart(key.entityLabel(), column.index()));
                reads.set(column.index());
            }
        }
        List<FeatureNode.Group> groups = groups(node, entity);
        if (!complete || groups == null) {
            return null;
        }
        PlanColumn joined = node.compositeKey() == null ? null : columns.get(node.compositeKey());
        IntStream produces = groups.stream().flatMapToInt(group -> IntStream.of(group.columns()));
        return new NodeDraft(
                node,
                reads,
                reads,
                (joined == null
                                ? produces
                                : IntStream.concat(IntStream.of(joined.index()), produces))
                        .toArray(),
                condition,
                false,
                head ->
                        new FeatureNode(
                                head,
                                entity.label(),
                                parts,
                                joined == null ? -1 : joined.index(),
                                order,
                                groups,
                                node.queryWithDefaults()));
    }

    private boolean checkKey(String part, EntitySchema entity, ComponentDefinition.Key key) {
        boolean fits = true;
        if (entity.keyIndex(key.schema()) < 0) {
            findings.problem(
                    part,
                    "gives key column "
                            + key.schema()
                            + ", which entity "
                            + entity.label()
                            + " has not: its key is "
                            + entity.keys().stream()
                                    .map(EntitySchema.KeyColumn::entityLabel)
                                    .toList());
            fits = false;
        }
        PlanColumn column = columns.get(key.column());
        if (column == null) {
            columns.reportUnknown(part, "takes its key from", key.column());
            return false;
        }
        if (column.type().isVector() || column.type().kind() == DataType.Kind.FLOAT) {
            findings.problem(
                    part,
                    "takes its key from column "
                            + column.name()
                            + " of type "
                            + TypeNames.text(column.type())
                            + ": a key is a String, a whole number or a Bool, since the text of a"
                            + " float changes with its size");
            fits = false;
        }
        return fits;
    }

    /** Null when a feature is missing, which was told when columns were laid out. */
    private @Nullable List<FeatureNode.Group> groups(
            ComponentDefinition.Features node, EntitySchema entity) {
        List<FeatureNode.Group> groups = new ArrayList<>();
        for (ComponentDefinition.Group group : node.groups()) {
            FeatureGroupSchema schema = entity.group(group.label());
            if (schema == null) {
                return null;
            }
            List<String> asked = new ArrayList<>();
            IntStream.Builder indices = IntStream.builder();
            for (String text : group.features()) {
                String feature = ColumnLayout.Asked.of(text).name();
                PlanColumn column =
                        columns.get(ColumnLayout.columnName(node, group.label(), feature));
                if (column == null) {
                    return null;
                }
                indices.add(column.index());
                asked.add(
                        column.type() == schema.dataType()
                                ? feature
                                : feature + "@" + column.type().wireName());
            }
            groups.add(
                    new FeatureNode.Group(
                            group.label(),
                            schema.activeVersion(),
                            asked,
                            indices.build().toArray()));
        }
        return groups;
    }
}
