package io.dhara.flink.config;

import io.dhara.core.registry.SchemaRegistry;
import io.dhara.core.registry.SchemaSnapshot;
import java.util.function.Consumer;

/** A registry that never changes. */
public final class FixedRegistry implements SchemaRegistry {
    private final SchemaSnapshot snapshot;
    private boolean closed;

    public FixedRegistry(SchemaSnapshot snapshot) {
        this.snapshot = snapshot;
    }

    public boolean isClosed() {
        return closed;
    }

    @Override
    public SchemaSnapshot current() {
        return snapshot;
    }

    @Override
    public SchemaSnapshot refresh() {
        return snapshot;
    }

    @Override
    public AutoCloseable subscribe(Consumer<SchemaSnapshot> listener) {
        listener.accept(snapshot);
        return () -> {};
    }

    @Override
    public String lastProblem() {
        return "";
    }

    @Override
    public void close() {
        closed = true;
    }
}
