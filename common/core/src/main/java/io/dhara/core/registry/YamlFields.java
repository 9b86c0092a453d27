package io.dhara.core.registry;

import io.dhara.core.config.Units;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Typed reading of one YAML map. What is missing, malformed or unknown is added to a shared list
 * with file and line; the read then returns the default, so that one pass finds everything.
 */
public final class YamlFields {
    private final String file;
    private final String subject;
    private final YamlNode node;
    private final List<SchemaProblem> problems;
    private final Set<String> known = new HashSet<>();

    /**
     * @param subject what the map describes, for the error texts: {@code group activity}
     */
    public YamlFields(String file, String subject, YamlNode node, List<SchemaProblem> problems) {
        this.file = file;
        this.subject = subject;
        this.node = node;
        this.problems = problems;
        if (node.kind() != YamlNode.Kind.MAP && node.kind() != YamlNode.Kind.EMPTY) {
            problem(node, subject + " must be a map of fields");
        }
    }

    /** File and line of the map. */
    public String place() {
        return file + " line " + node.line();
    }

    /** Null when the field is absent or empty. */
    public @Nullable YamlNode node(String name) {
        known.add(name);
        YamlNode field = node.fields().get(name);
        return field == null || field.kind() == YamlNode.Kind.EMPTY ? null : field;
    }

    public @Nullable YamlNode requiredNode(String name) {
        YamlNode field = node(name);
        if (field == null) {
            problem(node, name + " of " + subject + " must be given");
        }
        return field;
    }

    public String text(String name, String byDefault) {
        YamlNode field = node(name);
        return field == null ? byDefault : scalar(name, field, byDefault);
    }

    public String requiredText(String name) {
        YamlNode field = requiredNode(name);
        String text = field == null ? "" : scalar(name, field, "");
        if (field != null && text.isEmpty()) {
            problem(field, name + " of " + subject + " must not be empty");
        }
        return text;
    }

    public int requiredInteger(String name) {
        return requiredNode(name) == null ? 0 : integer(name, 0);
    }

    public int integer(String name, int byDefault) {
        YamlNode field = node(name);
        if (field == null) {
            return byDefault;
        }
        String text = scalar(name, field, String.valueOf(byDefault));
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            problem(field, name + " of " + subject + " must be a whole number: got " + text);
            return byDefault;
        }
    }

    public boolean bool(String name, boolean byDefault) {
        String text = text(name, String.valueOf(byDefault));
        if (!text.equals("true") && !text.equals("false")) {
            problem(
                    node.fields().get(name),
                    name + " of " + subject + " must be true or false: got " + text);
        }
        return text.equals("true");
    }

    /** Whole seconds. */
    public Duration seconds(String name, Duration byDefault) {
        YamlNode field = node(name);
        if (field == null) {
            return byDefault;
        }
        String text = scalar(name, field, Units.text(byDefault));
        try {
            Duration duration = Units.duration(text);
            if (duration.getNano() == 0) {
                return duration;
            }
            problem(field, name + " of " + subject + " must be whole seconds: got " + text);
        } catch (IllegalArgumentException e) {
            problem(field, name + " of " + subject + " " + e.getMessage() + ": got " + text);
        }
        return byDefault;
    }

    public Duration requiredSeconds(String name) {
        return requiredNode(name) == null ? Duration.ZERO : seconds(name, Duration.ZERO);
    }

    public List<String> texts(String name) {
        YamlNode field = node(name);
        List<String> texts = new ArrayList<>();
        for (YamlNode item : items(name, field)) {
            texts.add(scalar(name, item, ""));
        }
        return texts;
    }

    /** The items of a list; none when it is absent. */
    public List<YamlNode> list(String name) {
        return items(name, node(name));
    }

    /** The entries of a map; none when it is absent. */
    public Map<String, YamlNode> map(String name) {
        YamlNode field = node(name);
        if (field != null && field.kind() != YamlNode.Kind.MAP) {
            problem(field, name + " of " + subject + " must be a map");
        }
        return field == null ? Map.of() : field.fields();
    }

    /** Reports every field nobody asked for. */
    public void finish() {
        for (Map.Entry<String, YamlNode> field : node.fields().entrySet()) {
            if (!known.contains(field.getKey())) {
                problem(
                        field.getValue(),
                        subject
                                + " has no field "
                                + field.getKey()
                                + "; its fields are "
                                + known.stream().sorted().toList());
            }
        }
    }

    /**
     * @param at where; null for the map itself
     */
    public void problem(@Nullable YamlNode at, String text) {
        int line = at == null ? node.line() : at.line();
        problems.add(new SchemaProblem(file + " line " + line, text));
    }

    private List<YamlNode> items(String name, @Nullable YamlNode field) {
        if (field != null && field.kind() != YamlNode.Kind.LIST) {
            problem(field, name + " of " + subject + " must be a list");
        }
        return field == null ? List.of() : field.items();
    }

    private String scalar(String name, YamlNode field, String byDefault) {
        if (field.kind() == YamlNode.Kind.TEXT) {
            return field.text().trim();
        }
        problem(field, name + " of " + subject + " must be a plain value");
        return byDefault;
    }
}
