package io.dhara.stores.write.schema;

import static java.util.Objects.requireNonNull;

import io.dhara.core.model.StoreConfig;
import io.dhara.core.registry.InvalidSchemasException;
import io.dhara.core.registry.SchemaPlan;
import io.dhara.core.registry.SchemaProblem;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.core.registry.SchemaViolation;
import io.dhara.core.registry.SegmentAllocator;
import io.dhara.core.registry.SnapshotValidator;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * Plans and applies a change of schemas. The order of an apply keeps every moment safe: check
 * everything, refuse before anything is written, make tables and columns, and only then let the
 * registry name them (B52).
 */
public final class SchemaApplier {
    private final SchemaTarget target;
    private final TableMaker tables;
    private final Clock clock;

    /**
     * @param current schemas the change was planned against
     * @param desired with segments filled in
     */
    public record Planned(SchemaSnapshot current, SchemaSnapshot desired, SchemaPlan plan) {}

    /**
     * @param statements run in Scylla
     * @param number in the history; 0 when nothing changed
     */
    public record Applied(SchemaPlan plan, List<String> statements, long number) {}

    public SchemaApplier(SchemaTarget target, TableMaker tables, Clock clock) {
        this.target = requireNonNull(target, "target is null");
        this.tables = requireNonNull(tables, "tables is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * What an apply would do; writes nothing.
     *
     * @throws InvalidSchemasException if the wanted schemas break a rule
     */
    public Planned plan(SchemaSnapshot wanted, boolean allowRemovals) throws InterruptedException {
        SchemaSnapshot current = target.current();
        SchemaSnapshot desired =
                target.allocatesSegments() ? SegmentAllocator.complete(current, wanted) : wanted;
        List<SchemaViolation> violations = SnapshotValidator.check(desired);
        if (!violations.isEmpty()) {
            throw new InvalidSchemasException(
                    "the change",
                    violations.stream().map(v -> new SchemaProblem("", v.text())).toList());
        }
        return new Planned(current, desired, SchemaPlan.between(current, desired, allowRemovals));
    }

    /**
     * Plans and, if every change is safe, applies. Running it again after a failure goes on where
     * it stopped.
     *
     * @throws InvalidSchemasException if the wanted schemas break a rule; nothing was written
     * @throws UnsafeSchemaChangeException if a change is refused; nothing was written
     * @throws SchemasChangedException if someone else changed the schemas meanwhile
     */
    public Applied apply(SchemaSnapshot wanted, boolean allowRemovals) throws InterruptedException {
        Planned planned = plan(wanted, allowRemovals);
        SchemaPlan plan = planned.plan();
        if (!plan.isSafe()) {
            throw new UnsafeSchemaChangeException(plan);
        }
        List<String> statements = new ArrayList<>();
        planned.desired().stores().values().stream()
                .filter(store -> store.kind() == StoreConfig.Kind.SCYLLA)
                .map(StoreConfig::confId)
                .distinct()
                .forEach(id -> statements.addAll(tables.makeMissing(planned.desired(), id)));
        if (plan.changes().isEmpty()) {
            return new Applied(plan, statements, 0);
        }
        List<HistoryEntry> history = target.history();
        long number = history.isEmpty() ? 1 : history.get(history.size() - 1).number() + 1;
        target.write(
                planned.desired(),
                new HistoryEntry(
                        number, planned.current().revision(), clock.instant(), plan.summary()));
        return new Applied(plan, statements, number);
    }
}
