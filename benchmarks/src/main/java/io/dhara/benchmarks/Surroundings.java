package io.dhara.benchmarks;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.nio.file.Path;

/**
 * What a benchmark of whole parts is given.
 *
 * @param home folder of the project, with {@code flink-conf} and {@code examples}
 * @param progress takes what is said meanwhile
 */
public record Surroundings(Path home, PrintStream progress) {
    public Surroundings {
        home = home.toAbsolutePath();
        requireNonNull(progress, "progress is null");
    }

    void say(String text) {
        progress.println(text);
    }
}
