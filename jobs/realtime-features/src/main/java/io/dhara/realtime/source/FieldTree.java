package io.dhara.realtime.source;

import io.dhara.realtime.domain.event.FieldType;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The wanted fields of a source by the parts of their dotted names: {@code a.b} is the field {@code
 * b} of the record {@code a}. Immutable once built.
 */
final class FieldTree {
    static final int NONE = -1;

    private final String path;
    private final Map<String, FieldTree> members = new LinkedHashMap<>();
    private int column = NONE;
    private @Nullable FieldType type;

    private FieldTree(String path) {
        this.path = path;
    }

    /** Of a source's fields; a field's column is its place among them. */
    static FieldTree of(Map<String, FieldType> fields) {
        FieldTree root = new FieldTree("");
        int column = 0;
        for (Map.Entry<String, FieldType> field : fields.entrySet()) {
            FieldTree node = root;
            for (String part : field.getKey().split("\\.", -1)) {
                String path = node.path.isEmpty() ? part : node.path + "." + part;
                node = node.members.computeIfAbsent(part, name -> new FieldTree(path));
            }
            node.column = column++;
            node.type = field.getValue();
        }
        return root;
    }

    /** Dotted name from the root; empty for the root. */
    String path() {
        return path;
    }

    /** Wanted members by name, in the order of the fields; empty if this is only a value. */
    Map<String, FieldTree> members() {
        return members;
    }

    @Nullable FieldTree member(String name) {
        return members.get(name);
    }

    /** Where its value goes, or {@link #NONE}. */
    int column() {
        return column;
    }

    /** Null unless it has a column. */
    @Nullable FieldType type() {
        return type;
    }

    /** A value is wanted of it and a value of a member too, which no record can give. */
    boolean isAmbiguous() {
        return column != NONE && !members.isEmpty();
    }
}
