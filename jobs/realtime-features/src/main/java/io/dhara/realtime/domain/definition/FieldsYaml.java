package io.dhara.realtime.domain.definition;

import io.dhara.core.config.Units;
import io.dhara.core.registry.YamlFields;
import io.dhara.core.registry.YamlNode;
import io.dhara.realtime.domain.event.FieldType;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Readings that several blocks of a definition share. */
final class FieldsYaml {
    private FieldsYaml() {}

    /** A map of names to types, in order. */
    static Map<String, FieldType> types(YamlFields fields, String name) {
        Map<String, FieldType> types = new LinkedHashMap<>();
        fields.map(name)
                .forEach(
                        (field, node) ->
                                FieldType.ofText(node.text().trim())
                                        .ifPresentOrElse(
                                                type -> types.put(field, type),
                                                () -> {
                                                    types.put(field, FieldType.STRING);
                                                    fields.problem(
                                                            node,
                                                            "type of "
                                                                    + field
                                                                    + " must be one of "
                                                                    + typeNames()
                                                                    + ": got "
                                                                    + shown(node));
                                                }));
        return types;
    }

    private static String typeNames() {
        return Stream.of(FieldType.values()).map(FieldType::text).collect(Collectors.joining(", "));
    }

    /** A duration between two bounds, or the default if it is absent or wrong. */
    static Duration duration(
            YamlFields fields, String name, Duration byDefault, Duration least, Duration most) {
        YamlNode node = fields.node(name);
        if (node == null) {
            return byDefault;
        }
        Duration duration = duration(fields, name, node);
        if (duration == null) {
            return byDefault;
        }
        if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
            fields.problem(
                    node,
                    name
                            + " must be "
                            + Units.text(least)
                            + ".."
                            + Units.text(most)
                            + ": got "
                            + node.text());
            return byDefault;
        }
        return duration;
    }

    /** Null, and a problem, if it is none of whole milliseconds. */
    static @Nullable Duration duration(YamlFields fields, String name, YamlNode node) {
        if (node.kind() != YamlNode.Kind.TEXT) {
            fields.problem(node, name + " must be a duration such as 5 min");
            return null;
        }
        try {
            Duration duration = Units.duration(node.text());
            if (duration.toNanos() % 1_000_000 == 0) {
                return duration;
            }
            fields.problem(node, name + " must be whole milliseconds: got " + node.text());
        } catch (IllegalArgumentException e) {
            fields.problem(node, name + " " + e.getMessage() + ": got " + node.text());
        }
        return null;
    }

    /** A whole number between two bounds, or the default if it is absent or wrong. */
    static int integer(YamlFields fields, String name, int byDefault, int least, int most) {
        int number = fields.integer(name, byDefault);
        if (number < least || number > most) {
            fields.problem(
                    fields.node(name),
                    name + " must be " + least + ".." + most + ": got " + number);
            return byDefault;
        }
        return number;
    }

    /** What was written, for an error. */
    static String shown(YamlNode node) {
        return switch (node.kind()) {
            case TEXT -> node.text();
            case LIST -> "a list";
            case MAP -> "a map";
            case EMPTY -> "nothing";
        };
    }
}
