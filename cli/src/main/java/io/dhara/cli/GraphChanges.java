package io.dhara.cli;

import io.dhara.core.registry.SchemaProblem;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.graph.config.GraphLimits;
import io.dhara.graph.config.GraphSet;
import io.dhara.graph.config.GraphsPlan;
import io.dhara.stores.write.schema.HistoryEntry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The graphs' part of a change: planned with the schemas, applied after them. */
final class GraphChanges {
    private final GraphTarget target;
    private final Map<String, String> wanted;
    private final GraphsPlan plan;

    private GraphChanges(GraphTarget target, Map<String, String> wanted, GraphsPlan plan) {
        this.target = target;
        this.wanted = wanted;
        this.plan = plan;
    }

    /**
     * Plans.
     *
     * @param files wanted, text by name; null to let the graphs in force be, which then are checked
     *     against the wanted schemas
     */
    static GraphChanges plan(
            GraphTarget target,
            @Nullable Map<String, String> files,
            SchemaSnapshot currentSchemas,
            SchemaSnapshot wantedSchemas,
            boolean allowRemovals)
            throws InterruptedException {
        Map<String, String> current = GraphTarget.files(target.current());
        Map<String, String> wanted = files == null ? current : files;
        GraphSet before = target.with(current);
        return new GraphChanges(
                target,
                wanted,
                GraphsPlan.between(
                        before,
                        target.with(wanted),
                        currentSchemas,
                        wantedSchemas,
                        GraphLimits.DEFAULT,
                        allowRemovals));
    }

    GraphsPlan plan() {
        return plan;
    }

    /** Returns the number in the graphs' history; 0 when nothing changed. */
    long apply(Clock clock) throws InterruptedException {
        if (wanted.equals(GraphTarget.files(target.current()))) {
            return 0;
        }
        List<HistoryEntry> history = target.history();
        long number = history.isEmpty() ? 1 : history.get(history.size() - 1).number() + 1;
        String summary = plan.summary().isEmpty() ? "texts only" : plan.summary();
        target.write(wanted, new HistoryEntry(number, 0, clock.instant(), summary));
        return number;
    }

    List<Map<String, Object>> document() {
        List<Map<String, Object>> document = new ArrayList<>();
        for (GraphsPlan.Change change : plan.changes()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("model", change.model());
            one.put("change", change.what());
            one.put("details", change.details());
            document.add(one);
        }
        return document;
    }

    List<String> problems() {
        return plan.problems().stream().map(SchemaProblem::toString).toList();
    }

    /** A line per change, problem and warning; empty when there is none. */
    String text() {
        List<String> lines = new ArrayList<>();
        plan.changes().forEach(change -> lines.add(change.toString()));
        problems().forEach(problem -> lines.add("REFUSED: " + problem));
        plan.warnings().forEach(warning -> lines.add("warning: " + warning));
        return String.join("\n", lines);
    }
}
