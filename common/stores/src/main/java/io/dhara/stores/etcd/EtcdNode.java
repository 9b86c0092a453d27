package io.dhara.stores.etcd;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dhara.core.registry.Labels;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One place in the tree of keys: perhaps a value of its own, perhaps children by their original
 * path segment. A struct or map may be given as leaves, as one JSON object at its own path, or
 * both; a leaf counts before the same field in JSON. Empty values are as good as absent.
 */
final class EtcdNode {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final @Nullable EtcdNode parent;
    private final String name;
    private Map<String, EtcdNode> children = Map.of();
    private String value = "";
    private boolean json;

    private EtcdNode(@Nullable EtcdNode parent, String name) {
        this.parent = parent;
        this.name = name;
    }

    /**
     * @param base common prefix of all keys, without a slash at its end
     * @param keys value by full key; keys outside the base are left out
     */
    static EtcdNode tree(String base, Map<String, String> keys) {
        EtcdNode root = new EtcdNode(null, base);
        String folded = Labels.folded(base + "/");
        keys.forEach(
                (key, value) -> {
                    if (!value.isEmpty() && Labels.folded(key).startsWith(folded)) {
                        EtcdNode node = root;
                        for (String segment : segments(key, base)) {
                            node = node.childOrNew(segment);
                        }
                        node.value = value;
                    }
                });
        root.expand();
        return root;
    }

    /** The segments after those of the base, which may differ from it in case and dashes. */
    private static String[] segments(String key, String base) {
        int skipped = base.split("/", -1).length;
        String[] all = key.split("/", -1);
        return java.util.Arrays.copyOfRange(all, skipped, all.length);
    }

    private EtcdNode childOrNew(String segment) {
        if (children.isEmpty()) {
            children = new TreeMap<>();
        }
        return children.computeIfAbsent(segment, child -> new EtcdNode(this, child));
    }

    /** Turns every JSON object that is a value into children, below which leaves count first. */
    private void expand() {
        if (value.startsWith("{")) {
            try {
                JsonNode parsed = JSON.readTree(value);
                if (parsed.isObject()) {
                    json = true;
                    parsed.properties().forEach(field -> add(field.getKey(), field.getValue()));
                }
            } catch (JsonProcessingException e) {
                // Not JSON after all: it stays a text, and whoever wanted a struct says so.
                json = false;
            }
        }
        children.values().forEach(EtcdNode::expand);
    }

    private void add(String field, JsonNode content) {
        EtcdNode child = childOrNew(field);
        if (child.value.isEmpty() && !content.isNull()) {
            child.value = content.isTextual() ? content.textValue() : content.toString();
        }
    }

    String path() {
        return parent == null ? name : parent.path() + "/" + name;
    }

    /** Own text; empty when there is none. */
    String value() {
        return value;
    }

    /** Whether it is given as one JSON object, which is written in one piece. */
    boolean isJson() {
        return json;
    }

    /** By original path segment or JSON name. */
    Map<String, EtcdNode> children() {
        return children;
    }

    /** The child a field name stands for, whatever its case and dashes; null when there is none. */
    @Nullable EtcdNode field(String field) {
        EtcdNode exact = children.get(field);
        if (exact != null) {
            return exact;
        }
        String folded = Labels.folded(field);
        for (Map.Entry<String, EtcdNode> child : children.entrySet()) {
            if (Labels.folded(child.getKey()).equals(folded)) {
                return child.getValue();
            }
        }
        return null;
    }

    /** Text of a field; empty when it is absent. */
    String text(String field) {
        EtcdNode child = field(field);
        return child == null ? "" : child.value;
    }

    /** The children of a field; none when it is absent. */
    Map<String, EtcdNode> entries(String field) {
        EtcdNode child = field(field);
        return child == null ? Map.of() : child.children;
    }
}
