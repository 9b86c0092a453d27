package io.dhara.cli;

import io.dhara.core.registry.SchemaSnapshot;
import java.nio.file.Path;

/** The schemas of a folder, once. */
final class Registries {
    private Registries() {}

    static SchemaSnapshot snapshot(Path folder) {
        throw new CommandFailure("no registry yet at " + folder);
    }
}
