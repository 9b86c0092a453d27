package io.dhara.cli;

import io.dhara.core.registry.InvalidSchemasException;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.core.registry.YamlSchemas;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The schemas of a folder, read once. */
final class Registries {
    private Registries() {}

    /**
     * @throws CommandFailure if the folder cannot be read or its schemas are not valid
     */
    static SchemaSnapshot snapshot(Path folder) {
        try {
            return YamlSchemas.read(folder.toString(), 1, YamlSchemas.readFolder(folder));
        } catch (InvalidSchemasException e) {
            throw new CommandFailure(e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw new CommandFailure(
                    "cannot read the schemas in "
                            + folder
                            + ": "
                            + e.getCause().getMessage()
                            + ". Give the folder with --registry.",
                    e);
        }
    }
}
