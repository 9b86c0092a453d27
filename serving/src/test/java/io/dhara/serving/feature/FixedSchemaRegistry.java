package io.dhara.serving.feature;

import io.dhara.core.registry.SchemaRegistry;
import io.dhara.core.registry.SchemaSnapshot;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Shows what it is told to show; {@link #refresh} makes {@link #behind} visible. */
final class FixedSchemaRegistry implements SchemaRegistry {
    private volatile SchemaSnapshot current;
    private volatile SchemaSnapshot source;
    private final AtomicInteger refreshes = new AtomicInteger();

    FixedSchemaRegistry(SchemaSnapshot snapshot) {
        this.current = snapshot;
        this.source = snapshot;
    }

    void show(SchemaSnapshot snapshot) {
        current = snapshot;
        source = snapshot;
    }

    /** The source has this, but the watch has not brought it yet. */
    void behind(SchemaSnapshot snapshot) {
        source = snapshot;
    }

    int refreshes() {
        return refreshes.get();
    }

    @Override
    public SchemaSnapshot current() {
        return current;
    }

    @Override
    public SchemaSnapshot refresh() {
        refreshes.incrementAndGet();
        current = source;
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
