package io.dhara.core.registry;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The example schemas, and the same with one thing changed. */
final class Examples {
    static final Path FOLDER = Path.of("../../examples/schemas");

    private Examples() {}

    static Map<String, String> files() {
        return new TreeMap<>(YamlSchemas.readFolder(FOLDER));
    }

    static SchemaSnapshot snapshot() {
        return YamlSchemas.read("examples", 1, files());
    }

    /** Changes whole words. Fails if the text to change is not there. */
    static Map<String, String> edited(String file, String from, String to) {
        Map<String, String> files = files();
        String text = files.get(file);
        Matcher found = Pattern.compile(Pattern.quote(from) + "(?!(?<=\\w)\\w)").matcher(text);
        if (!found.find()) {
            throw new IllegalArgumentException(file + " does not hold: " + from);
        }
        files.put(file, found.replaceAll(Matcher.quoteReplacement(to)));
        return files;
    }

    /** Parsed but not checked. */
    static SchemaSnapshot parsed(Map<String, String> files) {
        return YamlSchemas.parseOnly("examples", 2, files);
    }
}
