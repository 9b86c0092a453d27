package io.dhara.core.registry;

import java.util.List;
import java.util.stream.Collectors;

/** A source of schemas cannot be used; lists everything that is wrong with it, one a line. */
public final class InvalidSchemasException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<SchemaProblem> problems;

    public InvalidSchemasException(String source, List<SchemaProblem> problems) {
        super(
                "schemas of "
                        + source
                        + " are not usable:\n"
                        + problems.stream()
                                .map(SchemaProblem::toString)
                                .collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<SchemaProblem> problems() {
        return problems;
    }
}
