package io.dhara.ingest;

import static java.util.Objects.requireNonNull;

import io.dhara.core.registry.SchemaRegistry;
import io.dhara.flink.config.RegistryFactory;
import io.dhara.stores.RegistrySource;

/** Opens the registry that the job's settings name. */
record ConfiguredRegistry(RegistrySource source) implements RegistryFactory {
    ConfiguredRegistry {
        requireNonNull(source, "source is null");
    }

    @Override
    public SchemaRegistry open() {
        return source.open();
    }
}
