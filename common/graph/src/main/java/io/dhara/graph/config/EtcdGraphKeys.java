package io.dhara.graph.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Graphs as the keys below {@code /config/inferflow/services/APP/model-config}: BharatMLStack's
 * {@code config-map} as one key, a key per model or keys below a model, and {@code graphs/FILE},
 * which holds a file as a folder would. Model ids are taken exactly as they are spelled. Pure.
 */
public final class EtcdGraphKeys {
    private static final String CONFIG_MAP = JsonFields.folded("config-map");
    private static final String FILES = "graphs";

    private EtcdGraphKeys() {}

    /** The path below {@code /config} of one application's graphs. */
    public static String path(String appName) {
        return "inferflow/services/" + appName + "/model-config";
    }

    /** Below it, who applies changes keeps what was changed when. */
    public static String historyKey(String base, String name) {
        return base + "/dhara-history/" + name;
    }

    /** The key of a file. */
    public static String fileKey(String base, String file) {
        return base + "/" + FILES + "/" + file;
    }

    /** Whether this is the one key that holds the configs of all models. */
    static boolean isConfigMap(String base, String key) {
        return key.startsWith(base + "/")
                && JsonFields.folded(key.substring(base.length() + 1)).equals(CONFIG_MAP);
    }

    /** The files among the keys, by name. */
    public static Map<String, String> files(String base, Map<String, String> keys) {
        String prefix = base + "/" + FILES + "/";
        Map<String, String> files = new TreeMap<>();
        keys.forEach(
                (key, value) -> {
                    if (key.startsWith(prefix)) {
                        files.put(key.substring(prefix.length()), value);
                    }
                });
        return files;
    }

    /**
     * The model configs among the keys, as texts by file name: each as if it were a file {@code
     * MODEL.json}. A {@code config-map} in one key wins over keys of models.
     *
     * @param problems gets why a key cannot be read, by model or else by key
     */
    static Map<String, JsonNode> modelConfigs(
            String base, Map<String, String> keys, Map<String, String> problems) {
        Map<String, JsonNode> whole = new TreeMap<>();
        Map<String, ObjectNode> models = new TreeMap<>();
        Map<String, String> refused = new HashMap<>();
        for (Map.Entry<String, String> key : new TreeMap<>(keys).entrySet()) {
            if (!key.getKey().startsWith(base + "/")) {
                continue;
            }
            String[] path = key.getKey().substring(base.length() + 1).split("/", -1);
            if (!JsonFields.folded(path[0]).equals(CONFIG_MAP)) {
                continue;
            }
            String name = path.length == 1 ? key.getKey() : path[1];
            try {
                if (path.length == 1) {
                    readMap(key.getValue(), whole);
                } else if (path.length == 2) {
                    whole.putIfAbsent(path[1], ModelConfigJson.parse(key.getValue()));
                } else {
                    put(models.computeIfAbsent(path[1], id -> object()), path, key.getValue());
                }
            } catch (ModelConfigJson.MalformedJsonException e) {
                refused.put(name, key.getKey() + " " + e.getMessage());
            }
        }
        models.forEach(whole::putIfAbsent);
        whole.keySet().removeAll(refused.keySet());
        problems.putAll(refused);
        return whole;
    }

    private static void readMap(String text, Map<String, JsonNode> configs)
            throws ModelConfigJson.MalformedJsonException {
        JsonNode map = ModelConfigJson.parse(text);
        if (!map.isObject()) {
            throw new ModelConfigJson.MalformedJsonException(
                    "must be an object of configs by model id: got " + map.getNodeType());
        }
        map.properties().forEach(entry -> configs.put(entry.getKey(), entry.getValue()));
    }

    /** Sets a member of a model that is split over keys. */
    private static void put(ObjectNode model, String[] path, String value) {
        ObjectNode parent = model;
        for (int i = 2; i < path.length - 1; i++) {
            JsonNode next = parent.get(path[i]);
            parent = next instanceof ObjectNode object ? object : parent.putObject(path[i]);
        }
        JsonNode leaf;
        try {
            leaf = ModelConfigJson.parse(value);
        } catch (ModelConfigJson.MalformedJsonException e) {
            leaf = JsonNodeFactory.instance.textNode(value); // A plain text stands for itself.
        }
        parent.set(path[path.length - 1], leaf);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
