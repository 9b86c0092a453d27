package io.dhara.realtime.domain.definition;

import io.dhara.core.registry.SchemaProblem;
import io.dhara.core.registry.YamlFields;
import io.dhara.core.registry.YamlNode;
import io.dhara.realtime.domain.event.FieldType;
import io.dhara.realtime.domain.tile.HistoryLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** One block under {@code groups}. */
final class GroupYaml {
    private static final String EVENT_TIME = "event_time";

    private final String file;
    private final Map<String, SourceSpec> sources;
    private final List<SchemaProblem> problems;

    GroupYaml(String file, Map<String, SourceSpec> sources, List<SchemaProblem> problems) {
        this.file = file;
        this.sources = sources;
        this.problems = problems;
    }

    /** The result is only of use when no problem was added. */
    GroupPlan read(YamlNode node) {
        YamlFields unnamed = new YamlFields(file, "a group", node, problems);
        String entity = unnamed.requiredText("entity");
        String group = unnamed.requiredText("group");
        YamlFields fields = new YamlFields(file, "group " + entity + "/" + group, node, problems);
        fields.node("entity");
        fields.node("group");
        String select = fields.text("select", "");
        String source = select.isEmpty() ? source(fields) : "";
        if (!select.isEmpty() && fields.node("source") != null) {
            fields.problem(
                    fields.node("source"),
                    "source and select exclude each other: name the source in the select");
        }
        Map<String, FieldType> columns = columns(fields, select, source);
        List<Integer> key = key(fields, columns);
        int id = id(fields, columns, source);
        Duration lateness =
                FieldsYaml.duration(
                        fields,
                        "lateness",
                        Duration.ofHours(1),
                        Duration.ZERO,
                        Duration.ofDays(30));
        StateBuilder state = new StateBuilder();
        List<Supplier<PlannedFeature>> features = features(fields, columns, state);
        fields.finish();
        try {
            HistoryLayout layout = state.layout(lateness);
            return new GroupPlan(
                    entity,
                    group,
                    source,
                    select,
                    columns,
                    key,
                    id,
                    layout,
                    features.stream().map(Supplier::get).toList());
        } catch (IllegalArgumentException e) {
            fields.problem(null, e.getMessage());
            return new GroupPlan(
                    entity, group, source, select, columns, key, id, empty(), List.of());
        }
    }

    private static HistoryLayout empty() {
        return new HistoryLayout(List.of(), List.of(), List.of(), Duration.ZERO);
    }

    private String source(YamlFields fields) {
        String name = fields.text("source", "");
        if (name.isEmpty() && sources.size() == 1) {
            return sources.keySet().iterator().next();
        }
        if (!sources.containsKey(name)) {
            fields.problem(
                    fields.node("source"),
                    name.isEmpty()
                            ? "a group must name its source, one of "
                                    + sources.keySet()
                                    + ", or select from them"
                            : "source must be one of " + sources.keySet() + ": got " + name);
        }
        return name;
    }

    private Map<String, FieldType> columns(YamlFields fields, String select, String source) {
        if (select.isEmpty()) {
            if (fields.node("columns") != null) {
                fields.problem(
                        fields.node("columns"),
                        "columns are those of a select; without one they are the source's fields");
            }
            SourceSpec spec = sources.get(source);
            return spec == null ? Map.of() : spec.fields();
        }
        Map<String, FieldType> columns = FieldsYaml.types(fields, "columns");
        if (columns.isEmpty()) {
            fields.problem(
                    fields.node("select"),
                    "a group with a select must list the select's columns and types under columns");
        }
        if (!select.contains(EVENT_TIME)) {
            fields.problem(
                    fields.node("select"),
                    "the select must give "
                            + EVENT_TIME
                            + ", the time of each row: every source has a column of that name");
        }
        if (columns.containsKey(EVENT_TIME)) {
            fields.problem(
                    fields.map("columns").get(EVENT_TIME),
                    EVENT_TIME + " is always there and is not listed under columns");
        }
        return columns;
    }

    private List<Integer> key(YamlFields fields, Map<String, FieldType> columns) {
        List<String> names = List.copyOf(columns.keySet());
        List<Integer> key = new ArrayList<>();
        List<YamlNode> nodes = fields.list("key");
        for (YamlNode node : nodes) {
            int place = names.indexOf(node.text().trim());
            if (place < 0 && !names.isEmpty()) {
                fields.problem(
                        node,
                        "key must be made of the columns "
                                + names
                                + ": got "
                                + FieldsYaml.shown(node));
            } else if (place >= 0 && key.contains(place)) {
                fields.problem(node, "key names " + names.get(place) + " twice");
            } else if (place >= 0 && columns.get(names.get(place)) == FieldType.DOUBLE) {
                fields.problem(
                        node,
                        "key column "
                                + names.get(place)
                                + " is a double, which has no exact text: use a string or int64");
            }
            key.add(place);
        }
        if (nodes.isEmpty()) {
            fields.problem(
                    fields.node("key"),
                    "key must list the columns that make up the entity key, in its order");
        }
        return key;
    }

    /** Its own, or the source's if it has no select. */
    private int id(YamlFields fields, Map<String, FieldType> columns, String source) {
        String id = SourceYaml.id(fields, columns);
        SourceSpec spec = sources.get(source);
        if (id.isEmpty() && spec != null) {
            id = spec.id();
        }
        return id.isEmpty() ? GroupPlan.NO_ID : List.copyOf(columns.keySet()).indexOf(id);
    }

    private List<Supplier<PlannedFeature>> features(
            YamlFields fields, Map<String, FieldType> columns, StateBuilder state) {
        List<Supplier<PlannedFeature>> features = new ArrayList<>();
        Set<String> names = new HashSet<>();
        List<YamlNode> nodes = fields.list("features");
        for (YamlNode node : nodes) {
            FeatureYaml feature = new FeatureYaml(file, columns, state, problems, node);
            features.addAll(feature.read());
            for (String name : feature.names()) {
                if (!names.add(name)) {
                    fields.problem(
                            node, "feature " + name + " is there twice: give it another name");
                }
            }
        }
        if (nodes.isEmpty()) {
            fields.problem(fields.node("features"), "a group must have at least one feature");
        }
        return features;
    }
}
