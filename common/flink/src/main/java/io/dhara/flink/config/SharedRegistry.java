package io.dhara.flink.config;

import static java.util.Objects.requireNonNull;

import io.dhara.core.registry.SchemaRegistry;
import io.dhara.core.registry.SchemaSnapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One registry per JVM (more exactly: per class loader, so per job) and {@link RegistryFactory},
 * shared by the operators and sinks that acquired it and closed by the last of them. Thread-safe.
 *
 * <p>The map is static because nothing else is common to the subtasks that Flink creates on one
 * task manager; without it each subtask would hold a watch of its own.
 */
public final class SharedRegistry implements SchemaRegistry {
    private static final Map<RegistryFactory, Shared> OPEN = new HashMap<>();

    private static final class Shared {
        final SchemaRegistry registry;
        int users;

        Shared(SchemaRegistry registry) {
            this.registry = registry;
        }
    }

    private final RegistryFactory factory;
    private final SchemaRegistry registry;
    private boolean closed;

    private SharedRegistry(RegistryFactory factory, SchemaRegistry registry) {
        this.factory = factory;
        this.registry = registry;
    }

    /** The registry of this factory, opened if nobody has it yet. The caller closes what it got. */
    public static SharedRegistry acquire(RegistryFactory factory) {
        requireNonNull(factory, "factory is null");
        synchronized (OPEN) {
            Shared shared = OPEN.get(factory);
            if (shared == null) {
                shared = new Shared(factory.open());
                OPEN.put(factory, shared);
            }
            shared.users++;
            return new SharedRegistry(factory, shared.registry);
        }
    }

    @Override
    public SchemaSnapshot current() {
        return registry.current();
    }

    @Override
    public SchemaSnapshot refresh() {
        return registry.refresh();
    }

    @Override
    public AutoCloseable subscribe(Consumer<SchemaSnapshot> listener) {
        return registry.subscribe(listener);
    }

    @Override
    public String lastProblem() {
        return registry.lastProblem();
    }

    /** Gives it back. May be called twice. */
    @Override
    public void close() {
        synchronized (OPEN) {
            if (closed) {
                return;
            }
            closed = true;
            Shared shared = requireNonNull(OPEN.get(factory), "shared registry is gone");
            if (--shared.users > 0) {
                return;
            }
            OPEN.remove(factory);
        }
        registry.close();
    }
}
