package io.dhara.ingest;

import static java.util.Objects.requireNonNull;

import io.dhara.core.registry.FileSchemaRegistry;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.flink.config.RegistryFactory;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Schemas from a folder of YAML files.
 *
 * @param folder path on every task manager
 * @param interval between two readings
 */
public record FolderRegistry(String folder, Duration interval) implements RegistryFactory {
    public FolderRegistry {
        requireNonNull(folder, "folder is null");
        requireNonNull(interval, "interval is null");
    }

    @Override
    public SchemaRegistry open() {
        return FileSchemaRegistry.open(Path.of(folder), interval);
    }
}
