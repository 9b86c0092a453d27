package io.dhara.realtime.domain.event;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which events count: in each named column one of its values. Empty: all events. */
public record Condition(List<Clause> clauses) {
    public static final Condition ALWAYS = new Condition(List.of());

    /**
     * @param column place in the row
     * @param values those which hold; null never does
     */
    public record Clause(int column, Set<Object> values) {
        public Clause {
            values = Set.copyOf(values);
        }
    }

    public Condition {
        clauses = List.copyOf(clauses);
    }

    public boolean holds(EventRow event) {
        for (int i = 0; i < clauses.size(); i++) {
            Clause clause = clauses.get(i);
            @Nullable Object value = event.value(clause.column());
            if (value == null || !clause.values().contains(value)) {
                return false;
            }
        }
        return true;
    }
}
