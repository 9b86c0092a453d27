package io.dhara.graph.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.dhara.core.registry.SchemaProblem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Typed reading of a JSON object whose member names are matched as BharatMLStack does: whatever
 * their case, and here whatever their dashes and underscores too. Unknown members are let be. What
 * is malformed is added to a shared list; the read then returns the default.
 */
final class JsonFields {
    private final String source;
    private final String subject;
    private final Map<String, JsonNode> members = new LinkedHashMap<>();
    private final List<SchemaProblem> problems;

    /**
     * @param node null or JSON null for an object without members
     */
    JsonFields(
            String source, String subject, @Nullable JsonNode node, List<SchemaProblem> problems) {
        this.source = source;
        this.subject = subject;
        this.problems = problems;
        if (node == null || node.isNull()) {
            return;
        }
        if (!node.isObject()) {
            problem("must be an object: got " + node.getNodeType());
        }
        node.properties()
                .forEach(member -> members.put(folded(member.getKey()), member.getValue()));
    }

    static String folded(String name) {
        return name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    /** Null when absent. */
    @Nullable JsonNode node(String name) {
        JsonNode node = members.get(folded(name));
        return node == null || node.isNull() ? null : node;
    }

    JsonFields object(String name) {
        return new JsonFields(source, name + " of " + subject, node(name), problems);
    }

    List<JsonFields> objects(String name) {
        List<JsonFields> objects = new ArrayList<>();
        for (JsonNode item : items(name)) {
            objects.add(new JsonFields(source, name + " of " + subject, item, problems));
        }
        return objects;
    }

    /** The same, called by its component in problems. */
    JsonFields called(String name) {
        JsonFields called = new JsonFields(source, "component " + name, null, problems);
        called.members.putAll(members);
        return called;
    }

    Iterable<JsonNode> items(String name) {
        JsonNode node = node(name);
        if (node == null) {
            return List.of();
        }
        if (!node.isArray()) {
            problem("has " + name + " that is no array: got " + node.getNodeType());
            return List.of();
        }
        return node;
    }

    String text(String name) {
        JsonNode node = node(name);
        return node == null ? "" : text(name, node);
    }

    String requiredText(String name) {
        String text = text(name);
        if (text.isEmpty()) {
            problem("needs " + name);
        }
        return text;
    }

    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        items(name).forEach(item -> texts.add(text(name, item)));
        return texts;
    }

    /** Texts by name, in order. */
    Map<String, String> textMap(String name) {
        Map<String, String> texts = new LinkedHashMap<>();
        JsonNode node = node(name);
        if (node != null && !node.isObject()) {
            problem("has " + name + " that is no object: got " + node.getNodeType());
        } else if (node != null) {
            node.properties()
                    .forEach(each -> texts.put(each.getKey(), text(name, each.getValue())));
        }
        return texts;
    }

    boolean bool(String name) {
        JsonNode node = node(name);
        if (node != null && !node.isBoolean()) {
            problem("has " + name + " that must be true or false: got " + node);
        }
        return node != null && node.asBoolean();
    }

    int integer(String name, int byDefault) {
        JsonNode node = node(name);
        if (node == null) {
            return byDefault;
        }
        if (!node.canConvertToInt() || !node.isIntegralNumber()) {
            problem("has " + name + " that must be a whole number: got " + node);
            return byDefault;
        }
        return node.intValue();
    }

    List<Integer> integers(String name, JsonNode array) {
        List<Integer> integers = new ArrayList<>();
        for (JsonNode item : array) {
            if (item.isIntegralNumber() && item.canConvertToInt()) {
                integers.add(item.intValue());
            } else {
                problem("has " + name + " that must hold whole numbers: got " + item);
            }
        }
        return integers;
    }

    void problem(String text) {
        problems.add(new SchemaProblem(source, subject + " " + text));
    }

    private String text(String name, JsonNode node) {
        if (node.isValueNode()) {
            return node.asText().trim();
        }
        problem("has " + name + " that must be a plain value: got " + node.getNodeType());
        return "";
    }
}
