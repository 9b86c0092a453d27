package io.dhara.graph;

import io.dhara.core.registry.SchemaProblem;
import java.util.List;

/** A graph definition that is refused, with everything that is wrong with it. */
public final class InvalidGraphException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<SchemaProblem> problems;

    public InvalidGraphException(String model, List<SchemaProblem> problems) {
        super(
                "graph "
                        + model
                        + " is refused: "
                        + String.join("; ", problems.stream().map(Object::toString).toList()));
        this.problems = List.copyOf(problems);
    }

    /** At least one; each names the component. */
    public List<SchemaProblem> problems() {
        return problems;
    }
}
