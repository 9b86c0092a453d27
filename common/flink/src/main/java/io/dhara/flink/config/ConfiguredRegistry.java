package io.dhara.flink.config;

import static java.util.Objects.requireNonNull;

import io.dhara.core.registry.SchemaRegistry;
import io.dhara.stores.RegistrySource;

/** Opens the registry that a job's settings name. */
public record ConfiguredRegistry(RegistrySource source) implements RegistryFactory {
    public ConfiguredRegistry {
        requireNonNull(source, "source is null");
    }

    @Override
    public SchemaRegistry open() {
        return source.open();
    }
}
