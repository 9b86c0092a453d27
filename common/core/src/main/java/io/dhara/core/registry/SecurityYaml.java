package io.dhara.core.registry;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code security.yaml}: who may read, and which jobs write.
 *
 * @param readers token by caller id
 * @param writers token by job id
 */
record SecurityYaml(Map<String, String> readers, Map<String, String> writers) {
    static final SecurityYaml NONE = new SecurityYaml(Map.of(), Map.of());

    static SecurityYaml read(String file, YamlNode root, List<SchemaProblem> problems) {
        YamlFields fields = new YamlFields(file, "the security file", root, problems);
        SecurityYaml security =
                new SecurityYaml(tokens(fields, "readers"), tokens(fields, "writers"));
        fields.finish();
        return security;
    }

    private static Map<String, String> tokens(YamlFields fields, String name) {
        Map<String, String> tokens = new HashMap<>();
        for (Map.Entry<String, YamlNode> entry : fields.map(name).entrySet()) {
            YamlNode token = entry.getValue();
            if (token.kind() == YamlNode.Kind.TEXT && !token.text().isEmpty()) {
                tokens.put(entry.getKey(), token.text());
            } else {
                fields.problem(
                        token, "token of " + entry.getKey() + " in " + name + " must be a text");
            }
        }
        return tokens;
    }
}
