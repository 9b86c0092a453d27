package io.dhara.ingest;

import io.dhara.core.registry.SchemaRegistry;
import io.dhara.core.registry.SchemaSnapshot;
import java.util.function.Consumer;

/** Shows one snapshot, and another from the first refresh on. */
public class FixedRegistry implements SchemaRegistry {
    private final SchemaSnapshot afterRefresh;
    private SchemaSnapshot current;
    private int refreshes;

    public FixedRegistry(SchemaSnapshot snapshot) {
        this(snapshot, snapshot);
    }

    public FixedRegistry(SchemaSnapshot current, SchemaSnapshot afterRefresh) {
        this.current = current;
        this.afterRefresh = afterRefresh;
    }

    public int refreshes() {
        return refreshes;
    }

    @Override
    public SchemaSnapshot current() {
        return current;
    }

    @Override
    public SchemaSnapshot refresh() {
        refreshes++;
        current = afterRefresh;
        return current;
    }

    @Override
    public AutoCloseable subscribe(Consumer<SchemaSnapshot> listener) {
        listener.accept(current);
        return () -> {};
    }

    @Override
    public String lastProblem() {
        return "";
    }

    @Override
    public void close() {}
}
