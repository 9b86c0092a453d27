package io.dhara.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Settings of a process in a file of its own. */
final class SettingsFile {
    private SettingsFile() {}

    /** Writes settings as a person would. */
    static Path write(Path folder, String name, Map<String, String> settings) throws IOException {
        StringBuilder yaml = new StringBuilder();
        settings.forEach((key, value) -> yaml.append(key + ": \"" + value + "\"\n"));
        return Files.writeString(folder.resolve(name + ".yaml"), yaml);
    }
}
