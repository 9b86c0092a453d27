package io.dhara.stores.write.schema;

import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.core.registry.YamlSchemas;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The example schemas, and the same with one thing changed. */
final class Schemas {
    private static final Path EXAMPLES = Path.of("../../examples/schemas");

    private Schemas() {}

    static Map<String, String> files() {
        return new TreeMap<>(YamlSchemas.readFolder(EXAMPLES));
    }

    static SchemaSnapshot examples() {
        return parse(files());
    }

    static SchemaSnapshot parse(Map<String, String> files) {
        return YamlSchemas.parseOnly("examples", 1, files);
    }

    static Map<String, String> edited(String from, String to) {
        Map<String, String> files = files();
        String text = files.get("user.yaml");
        if (!text.contains(from)) {
            throw new IllegalArgumentException("user.yaml does not hold: " + from);
        }
        files.put("user.yaml", text.replace(from, to));
        return files;
    }
}
