package io.dhara.graph.config;

import io.dhara.core.registry.SchemaProblem;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with one definition, gathered while it is compiled. Not thread-safe. */
final class Findings {
    private final String source;
    private final List<SchemaProblem> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    Findings(String source) {
        this.source = source;
    }

    /**
     * @param part such as {@code component ranker}
     */
    void problem(String part, String text) {
        problems.add(new SchemaProblem(source, part + " " + text));
    }

    void warning(String part, String text) {
        warnings.add(part + " " + text);
    }

    boolean none() {
        return problems.isEmpty();
    }

    List<SchemaProblem> problems() {
        return problems;
    }

    List<String> warnings() {
        return warnings;
    }
}
