package io.dhara.realtime.domain.definition;

import io.dhara.core.registry.YamlFields;
import io.dhara.core.registry.YamlNode;
import io.dhara.realtime.domain.event.ColumnInput;
import io.dhara.realtime.domain.event.Condition;
import io.dhara.realtime.domain.event.FieldType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a feature takes from which events: {@code of}, {@code where} and the like. */
final class ConditionYaml {
    private final Map<String, FieldType> columns;
    private final List<String> names;
    private final YamlFields fields;

    ConditionYaml(Map<String, FieldType> columns, YamlFields fields) {
        this.columns = columns;
        this.names = List.copyOf(columns.keySet());
        this.fields = fields;
    }

    /**
     * @param identity in names of columns, not places
     * @param type of the column; of an event itself BOOLEAN
     */
    record Input(String identity, FieldType type, ColumnInput input) {}

    /**
     * @param text as part of an identity
     */
    record Clauses(String text, Condition condition) {}

    Input input(AggregateKind kind) {
        Clauses where = where("where", fields.map("where"));
        boolean optional = kind.of() == AggregateKind.Of.OPTIONAL;
        String of = optional ? fields.text("of", "") : fields.requiredText("of");
        if (of.isEmpty()) {
            return new Input(
                    "events" + where.text(),
                    FieldType.BOOLEAN,
                    new ColumnInput(ColumnInput.EVENT, where.condition()));
        }
        int column = column("of", of);
        FieldType type = columns.getOrDefault(of, FieldType.DOUBLE);
        boolean fits =
                switch (kind.of()) {
                    case NUMBER -> type.isNumber();
                    case ITEM -> type == FieldType.STRING || type == FieldType.INT64;
                    default -> true;
                };
        if (column >= 0 && !fits) {
            fields.problem(
                    fields.node("of"),
                    kind.text()
                            + " needs a column of type "
                            + (kind.of() == AggregateKind.Of.NUMBER
                                    ? "int64 or double"
                                    : "string or int64")
                            + ": "
                            + of
                            + " is "
                            + type.text());
        }
        return new Input(of + where.text(), type, new ColumnInput(column, where.condition()));
    }

    /** The place of a column; -1, and a problem, if there is none of that name. */
    int column(String field, String name) {
        int place = names.indexOf(name);
        if (place < 0 && !name.isEmpty() && !names.isEmpty()) {
            fields.problem(
                    fields.node(field),
                    field + " must be one of the columns " + names + ": got " + name);
        }
        return place;
    }

    /** A condition that must be there. */
    Clauses required(String field) {
        Map<String, YamlNode> map = fields.map(field);
        if (map.isEmpty()) {
            fields.problem(
                    fields.node(field),
                    field + " must say which events, such as {status: created}");
        }
        return where(field, map);
    }

    private Clauses where(String field, Map<String, YamlNode> map) {
        List<Condition.Clause> clauses = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        map.forEach(
                (name, node) -> {
                    int place = names.indexOf(name);
                    if (place < 0) {
                        if (!names.isEmpty()) {
                            fields.problem(
                                    node,
                                    field
                                            + " names a column "
                                            + name
                                            + ", the columns are "
                                            + names);
                        }
                        return;
                    }
                    Set<Object> values = values(field, name, node);
                    clauses.add(new Condition.Clause(place, values));
                    texts.add(
                            name + " in " + values.stream().map(String::valueOf).sorted().toList());
                });
        return new Clauses(
                texts.isEmpty()
                        ? ""
                        : " where " + String.join(" and ", texts.stream().sorted().toList()),
                new Condition(clauses));
    }

    private Set<Object> values(String field, String name, YamlNode node) {
        Set<Object> values = new HashSet<>();
        List<YamlNode> items = node.kind() == YamlNode.Kind.LIST ? node.items() : List.of(node);
        if (items.isEmpty()) {
            fields.problem(node, field + ": " + name + " must have at least one value");
        }
        FieldType type = columns.getOrDefault(name, FieldType.STRING);
        for (YamlNode item : items) {
            Object value = item.kind() == YamlNode.Kind.TEXT ? value(type, item.text()) : null;
            if (value == null) {
                fields.problem(
                        item,
                        field
                                + ": "
                                + name
                                + " must have values of type "
                                + type.text()
                                + ": got "
                                + FieldsYaml.shown(item));
            } else {
                values.add(value);
            }
        }
        return values;
    }

    private static @Nullable Object value(FieldType type, String text) {
        try {
            return switch (type) {
                case STRING -> text;
                case INT64 -> Long.valueOf(text.trim());
                case DOUBLE -> Double.valueOf(text.trim());
                case BOOLEAN ->
                        text.equals("true") || text.equals("false") ? Boolean.valueOf(text) : null;
            };
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
