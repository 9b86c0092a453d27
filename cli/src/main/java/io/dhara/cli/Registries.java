package io.dhara.cli;

import io.dhara.core.registry.InvalidSchemasException;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.core.registry.YamlSchemas;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;

/** The schemas of a folder, read once. */
final class Registries {
    private Registries() {}

    /**
     * @throws CommandFailure if the folder cannot be read or its schemas are not valid
     */
    static SchemaSnapshot snapshot(Path folder) {
        try {
            return read(folder);
        } catch (InvalidSchemasException e) {
            throw new CommandFailure(e.getMessage(), e);
        }
    }

    /**
     * @throws CommandFailure if the folder cannot be read
     * @throws InvalidSchemasException with every problem of its files
     */
    static SchemaSnapshot read(Path folder) {
        return YamlSchemas.read(folder.toString(), 1, files(folder));
    }

    /**
     * The texts of its files by name.
     *
     * @throws CommandFailure if the folder cannot be read
     */
    static Map<String, String> files(Path folder) {
        try {
            return YamlSchemas.readFolder(folder);
        } catch (UncheckedIOException e) {
            throw new CommandFailure(
                    "cannot read the schemas in " + folder + ": " + e.getCause().getMessage(), e);
        }
    }
}
