package io.dhara.stores.write.schema;

import io.dhara.core.registry.SchemaChange;
import io.dhara.core.registry.SchemaPlan;
import java.util.stream.Collectors;

/** A plan holds refused changes; nothing was written. */
public final class UnsafeSchemaChangeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient SchemaPlan plan;

    public UnsafeSchemaChangeException(SchemaPlan plan) {
        super(
                "nothing was applied, the plan holds refused changes:\n"
                        + plan.refused().stream()
                                .map(SchemaChange::toString)
                                .collect(Collectors.joining("\n")));
        this.plan = plan;
    }

    public SchemaPlan plan() {
        return plan;
    }
}
