package io.dhara.flink.sink;

import static java.util.Objects.requireNonNull;

import io.dhara.core.registry.SchemaRegistry;
import io.dhara.stores.write.FeatureStoreWriter;

/** What a sink subtask has opened and closes, the listener first. */
record SinkParts(SchemaRegistry registry, FeatureStoreWriter writer, WriteListener listener)
        implements AutoCloseable {

    SinkParts {
        requireNonNull(registry, "registry is null");
        requireNonNull(writer, "writer is null");
        requireNonNull(listener, "listener is null");
    }

    @Override
    public void close() {
        try (registry;
                writer;
                listener) {
            // Closed in reverse order, each even if another fails.
        }
    }
}
