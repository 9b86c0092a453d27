package io.dhara.cli;

import java.nio.file.Path;

/** The folder of the project, as the launcher says. */
final class Home {
    private Home() {}

    /** With {@code examples} and {@code flink-conf} in it. */
    static Path dir() {
        return Path.of(System.getenv().getOrDefault("DHARA_HOME", "."))
                .toAbsolutePath()
                .normalize();
    }
}
