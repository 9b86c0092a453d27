package io.dhara.core.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A YAML file as dotted keys: nested maps are joined with dots, lists with commas. */
final class FlatYaml {
    private static final ObjectReader READER =
            new YAMLMapper(
                            YAMLFactory.builder()
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .reader();

    private FlatYaml() {}

    static Map<String, String> read(Path file) {
        JsonNode root;
        try {
            root = READER.readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new ConfigException(
                    file.toString(), List.of("line " + line + ": " + e.getOriginalMessage()));
        } catch (IOException e) {
            throw new ConfigException(file.toString(), List.of("cannot be read: " + e));
        }
        Map<String, String> flat = new TreeMap<>();
        List<String> problems = new ArrayList<>();
        if (root.isObject()) {
            flatten("", root, flat, problems);
        } else if (!root.isMissingNode() && !root.isNull()) {
            problems.add("must be a map of settings, is " + root.getNodeType());
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(file.toString(), problems);
        }
        return flat;
    }

    private static void flatten(
            String key, JsonNode node, Map<String, String> flat, List<String> problems) {
        if (node.isObject()) {
            for (Map.Entry<String, JsonNode> child : node.properties()) {
                String childKey = key.isEmpty() ? child.getKey() : key + "." + child.getKey();
                flatten(childKey, child.getValue(), flat, problems);
            }
            return;
        }
        String value;
        if (node.isArray()) {
            List<String> items = new ArrayList<>();
            for (JsonNode item : node) {
                if (!item.isValueNode()) {
                    problems.add(key + " must be a list of plain values");
                }
                items.add(item.asText());
            }
            value = String.join(",", items);
        } else {
            value = node.isNull() ? "" : node.asText();
        }
        if (flat.put(key, value) != null) {
            problems.add(key + " is given twice");
        }
    }
}
