package io.dhara.graph.config;

import io.dhara.core.registry.SchemaRegistry;
import io.dhara.core.registry.SchemaSnapshot;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Schemas that change when a test says so; listeners are told on its thread. */
final class FixedSchemas implements SchemaRegistry {
    private final List<Consumer<SchemaSnapshot>> listeners = new CopyOnWriteArrayList<>();
    private volatile SchemaSnapshot current;

    FixedSchemas(SchemaSnapshot first) {
        this.current = first;
    }

    void change(SchemaSnapshot next) {
        current = next;
        listeners.forEach(listener -> listener.accept(next));
    }

    int listeners() {
        return listeners.size();
    }

    @Override
    public SchemaSnapshot current() {
        return current;
    }

    @Override
    public SchemaSnapshot refresh() {
        return current;
    }

    @Override
    public AutoCloseable subscribe(Consumer<SchemaSnapshot> listener) {
        listeners.add(listener);
        listener.accept(current);
        return () -> listeners.remove(listener);
    }

    @Override
    public String lastProblem() {
        return "";
    }

    @Override
    public void close() {}
}
