package io.dhara.graph.config;

import io.dhara.core.registry.SchemaProblem;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.graph.GraphNode;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.InvalidGraphException;
import io.dhara.graph.PlanColumn;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a change of schemas, graphs or both does to the graphs. Pure.
 *
 * @param changes one per model that is added, changed or removed
 * @param problems why it is refused; empty when it is not
 * @param warnings what was odd but is not refused
 */
public record GraphsPlan(
        List<Change> changes, List<SchemaProblem> problems, List<String> warnings) {
    public GraphsPlan {
        changes = List.copyOf(changes);
        problems = List.copyOf(problems);
        warnings = List.copyOf(warnings);
    }

    /**
     * @param what {@code added}, {@code changed} or {@code removed}
     * @param details columns and nodes that come and go
     */
    public record Change(String model, String what, List<String> details) {
        public Change {
            details = List.copyOf(details);
        }

        @Override
        public String toString() {
            return "graph "
                    + model
                    + ": "
                    + what
                    + (details.isEmpty() ? "" : "; " + String.join(", ", details));
        }
    }

    public boolean isSafe() {
        return problems.isEmpty();
    }

    /** The changes in one line, for the history. */
    public String summary() {
        return String.join(
                "; ", changes.stream().map(c -> "graph " + c.model() + " " + c.what()).toList());
    }

    /**
     * Compares and checks. A wanted graph that does not compile against the wanted schemas is a
     * problem, unless the same definition did not compile before either: then it is a warning, so
     * that it does not keep others from changing.
     *
     * @param allowRemovals takes models away that callers may still name
     */
    public static GraphsPlan between(
            GraphSet current,
            GraphSet wanted,
            SchemaSnapshot currentSchemas,
            SchemaSnapshot wantedSchemas,
            GraphLimits limits,
            boolean allowRemovals) {
        List<Change> changes = new ArrayList<>();
        List<SchemaProblem> problems = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        for (SchemaProblem problem : wanted.problems()) {
            if (current.problems().contains(problem)) {
                warnings.add("as before: " + problem);
            } else {
                problems.add(problem);
            }
        }
        Set<String> models = new TreeSet<>(current.definitions().keySet());
        models.addAll(wanted.definitions().keySet());
        for (String model : models) {
            GraphDefinition before = current.definitions().get(model);
            GraphDefinition after = wanted.definitions().get(model);
            GraphPlan planBefore = planOrNull(before, currentSchemas, limits);
            if (after == null) {
                changes.add(new Change(model, "removed", List.of()));
                if (!allowRemovals) {
                    problems.add(
                            new SchemaProblem(
                                    "graph " + model,
                                    "would be removed, and who calls it would be refused: allow"
                                            + " removals if that is meant"));
                }
                continue;
            }
            try {
                GraphPlan plan = GraphCompiler.compile(after, wantedSchemas, limits);
                plan.warnings().forEach(each -> warnings.add("graph " + model + ": " + each));
                if (before == null) {
                    changes.add(new Change(model, "added", added(plan)));
                } else if (planBefore == null || !planBefore.digest().equals(plan.digest())) {
                    changes.add(new Change(model, "changed", difference(planBefore, plan)));
                }
            } catch (InvalidGraphException e) {
                boolean same = after.equals(before);
                if (same && planBefore == null) {
                    warnings.add("graph " + model + " is not in force: " + e.getMessage());
                } else {
                    problems.addAll(same ? broken(model, e) : e.problems());
                }
            }
        }
        return new GraphsPlan(changes, problems, warnings);
    }

    private static List<SchemaProblem> broken(String model, InvalidGraphException refused) {
        return refused.problems().stream()
                .map(
                        problem ->
                                new SchemaProblem(
                                        problem.place(),
                                        problem.text()
                                                + " (the change of schemas breaks graph "
                                                + model
                                                + ", which is in force: change both together)"))
                .toList();
    }

    private static @Nullable GraphPlan planOrNull(
            @Nullable GraphDefinition definition, SchemaSnapshot schemas, GraphLimits limits) {
        try {
            return definition == null ? null : GraphCompiler.compile(definition, schemas, limits);
        } catch (InvalidGraphException e) {
            return null; // It is not in force, which the caller tells where it matters.
        }
    }

    private static List<String> added(GraphPlan plan) {
        return List.of(plan.columns().size() + " columns", plan.nodes().size() + " nodes");
    }

    private static List<String> difference(@Nullable GraphPlan before, GraphPlan after) {
        if (before == null) {
            return added(after);
        }
        List<String> details = new ArrayList<>();
        compare("column", columns(before), columns(after), details);
        compare("node", nodes(before), nodes(after), details);
        if (details.isEmpty()) {
            details.add("same columns and nodes, other contents");
        }
        return details;
    }

    private static void compare(
            String what, Set<String> before, Set<String> after, List<String> details) {
        after.stream()
                .filter(n -> !before.contains(n))
                .forEach(n -> details.add("+" + what + " " + n));
        before.stream()
                .filter(n -> !after.contains(n))
                .forEach(n -> details.add("-" + what + " " + n));
    }

    /** With their types, so that another type is a column gone and one come. */
    private static Set<String> columns(GraphPlan plan) {
        Set<String> names = new LinkedHashSet<>();
        for (PlanColumn column : plan.columns()) {
            names.add(
                    column.name()
                            + " "
                            + TypeNames.text(column.type())
                            + (column.vectorLength() > 0 ? "[" + column.vectorLength() + "]" : ""));
        }
        return names;
    }

    private static Set<String> nodes(GraphPlan plan) {
        Set<String> names = new LinkedHashSet<>();
        for (GraphNode node : plan.nodes()) {
            names.add(node.head().name() + " (" + node.kind() + ")");
        }
        return names;
    }
}
