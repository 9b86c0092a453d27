package io.dhara.graph.config;

import static java.util.Objects.requireNonNull;

import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.InvalidGraphException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every graph registry shares: the last good plan of each model and why a newest definition is
 * not in force. One thread takes definitions and schemas; readers see whole maps through volatile
 * fields.
 */
final class PlanFeed {
    private static final Logger LOG = LoggerFactory.getLogger(PlanFeed.class);

    private final String source;
    private final GraphLimits limits;
    private SchemaSnapshot schemas;
    private Map<String, GraphDefinition> definitions = Map.of();
    private Map<String, String> unread = Map.of();
    private final Map<String, Compiled> compiled = new HashMap<>();
    private volatile Map<String, GraphPlan> plans = Map.of();
    private volatile Map<String, String> problems = Map.of();

    /**
     * The outcome for one definition and one state of the schemas.
     *
     * @param problem empty when it compiled
     */
    private record Compiled(GraphDefinition definition, SchemaSnapshot schemas, String problem) {}

    /**
     * @param source names the folder or cluster in the log
     */
    PlanFeed(String source, SchemaSnapshot schemas, GraphLimits limits) {
        this.source = requireNonNull(source, "source is null");
        this.schemas = requireNonNull(schemas, "schemas is null");
        this.limits = requireNonNull(limits, "limits is null");
    }

    @Nullable GraphPlan plan(String model) {
        return plans.get(model);
    }

    Map<String, GraphPlan> plans() {
        return plans;
    }

    Map<String, String> problems() {
        return problems;
    }

    /**
     * Takes the state of the source as a whole.
     *
     * @param definitions by model id; a model in neither map is dropped
     * @param unread why, by model id or by file, of what is there and could not be read: a model of
     *     it keeps its plan
     */
    void take(Map<String, GraphDefinition> definitions, Map<String, String> unread) {
        this.definitions = Map.copyOf(definitions);
        this.unread = Map.copyOf(unread);
        compileAll();
    }

    /** Compiles every definition again where the schemas have changed. */
    void take(SchemaSnapshot schemas) {
        this.schemas = schemas;
        compileAll();
    }

    private void compileAll() {
        Map<String, GraphPlan> next = new TreeMap<>();
        Map<String, String> nextProblems = new TreeMap<>(unread);
        compiled.keySet().retainAll(definitions.keySet());
        plans.forEach(
                (model, plan) -> {
                    if (unread.containsKey(model) || definitions.containsKey(model)) {
                        next.put(model, plan);
                    } else {
                        LOG.info("graph {} of {} is gone", model, source);
                    }
                });
        definitions.forEach(
                (model, definition) -> {
                    Compiled known = compiled.get(model);
                    if (known == null
                            || known.schemas() != schemas
                            || !known.definition().equals(definition)) {
                        known = compile(model, definition, next);
                        compiled.put(model, known);
                    }
                    if (!known.problem().isEmpty()) {
                        nextProblems.put(model, known.problem());
                    }
                });
        nextProblems.forEach(
                (model, problem) -> {
                    if (!problem.equals(problems.get(model))) {
                        LOG.warn(
                                "graph {} of {} {}: {}",
                                model,
                                source,
                                next.containsKey(model) ? "stays as it was" : "is not in force",
                                problem);
                    }
                });
        plans = java.util.Collections.unmodifiableMap(next);
        problems = java.util.Collections.unmodifiableMap(nextProblems);
    }

    /** A plan that answers the same as the one in force is not put in its place. */
    private Compiled compile(
            String model, GraphDefinition definition, Map<String, GraphPlan> next) {
        try {
            GraphPlan plan = GraphCompiler.compile(definition, schemas, limits);
            GraphPlan before = next.get(model);
            if (before == null || !before.digest().equals(plan.digest())) {
                LOG.info(
                        "graph {} of {} is now version {}, digest {}",
                        model,
                        source,
                        plan.version(),
                        plan.digest());
                plan.warnings().forEach(warning -> LOG.warn("graph {}: {}", model, warning));
                next.put(model, plan);
            }
            return new Compiled(definition, schemas, "");
        } catch (InvalidGraphException e) {
            return new Compiled(definition, schemas, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("graph {} of {} could not be compiled", model, source, e);
            return new Compiled(definition, schemas, "could not be compiled: " + e);
        }
    }
}
