package io.dhara.stores.write.schema;

import static java.util.Objects.requireNonNull;

import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.core.registry.YamlSchemas;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Schemas in a folder of YAML files. A change is the user's files, comments and all, each put in
 * place in one step; what was there goes to {@code .history}. Who follows the folder takes it when
 * two readings agree and all of it is valid.
 */
public final class FolderTarget implements SchemaTarget {
    private final Path folder;
    private final FolderHistory history;
    private final Map<String, String> files;
    private Map<String, String> before = Map.of();

    /**
     * @param folder the schemas in force; made if it is not there
     * @param files the wanted files, text by name
     */
    public FolderTarget(Path folder, Map<String, String> files) {
        this.folder = requireNonNull(folder, "folder is null");
        this.history = new FolderHistory(folder);
        this.files = Map.copyOf(files);
    }

    @Override
    public SchemaSnapshot current() {
        before = read();
        return before.isEmpty()
                ? SchemaSnapshot.EMPTY
                : YamlSchemas.read(folder.toString(), history().size(), before);
    }

    @Override
    public boolean allocatesSegments() {
        return false;
    }

    @Override
    public void write(SchemaSnapshot desired, HistoryEntry entry) {
        if (!read().equals(before)) {
            throw history.changedMeanwhile();
        }
        history.change(before, files, entry);
    }

    private Map<String, String> read() {
        return Files.isDirectory(folder) ? YamlSchemas.readFolder(folder) : Map.of();
    }

    @Override
    public List<HistoryEntry> history() {
        return history.entries();
    }

    @Override
    public void close() {}
}
