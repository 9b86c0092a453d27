package io.dhara.flink.config;

import io.dhara.core.registry.SchemaRegistry;
import java.io.Serializable;

/**
 * Opens the schema registry of a job. Implementations are records: two that are equal open the same
 * registry, which {@link SharedRegistry} relies on.
 */
@FunctionalInterface
public interface RegistryFactory extends Serializable {
    SchemaRegistry open();
}
