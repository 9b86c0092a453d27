package io.dhara.realtime.domain.definition;

import io.dhara.core.registry.SchemaProblem;
import java.util.List;
import java.util.stream.Collectors;

/** A feature definition that cannot be used, with everything that is wrong with it. */
public final class InvalidDefinitionException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<SchemaProblem> problems;

    InvalidDefinitionException(List<SchemaProblem> problems) {
        super(problems.stream().map(SchemaProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** In the order of the file, each with its line and remedy. */
    public List<SchemaProblem> problems() {
        return problems;
    }
}
