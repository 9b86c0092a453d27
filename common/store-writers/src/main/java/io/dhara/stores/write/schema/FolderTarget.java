package io.dhara.stores.write.schema;

import static java.util.Objects.requireNonNull;

import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.core.registry.YamlSchemas;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Schemas in a folder of YAML files. A change is the user's files, comments and all, each put in
 * place in one step; what was there goes to {@code .history}. Who follows the folder takes it when
 * two readings agree and all of it is valid.
 */
public final class FolderTarget implements SchemaTarget {
    private static final String HISTORY = ".history";
    private static final String ENTRY = "entry.json";

    private final Path folder;
    private final Map<String, String> files;
    private Map<String, String> before = Map.of();

    /**
     * @param folder the schemas in force; made if it is not there
     * @param files the wanted files, text by name
     */
    public FolderTarget(Path folder, Map<String, String> files) {
        this.folder = requireNonNull(folder, "folder is null");
        this.files = Map.copyOf(files);
    }

    @Override
    public SchemaSnapshot current() {
        before = Files.isDirectory(folder) ? YamlSchemas.readFolder(folder) : Map.of();
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
        try {
            Files.createDirectories(folder);
            if (!YamlSchemas.readFolder(folder).equals(before)) {
                throw new SchemasChangedException(
                        folder
                                + " was changed by someone else since it was read; plan and apply"
                                + " again");
            }
            Path kept = folder.resolve(HISTORY).resolve(HistoryJson.name(entry.number()));
            Files.createDirectories(kept);
            for (Map.Entry<String, String> file : before.entrySet()) {
                Files.writeString(kept.resolve(file.getKey()), file.getValue());
            }
            for (Map.Entry<String, String> file : new TreeMap<>(files).entrySet()) {
                if (!file.getValue().equals(before.get(file.getKey()))) {
                    replace(folder.resolve(file.getKey()), file.getValue());
                }
            }
            for (String name : before.keySet()) {
                if (!files.containsKey(name)) {
                    Files.delete(folder.resolve(name));
                }
            }
            replace(kept.resolve(ENTRY), HistoryJson.write(entry));
        } catch (IOException e) {
            throw new UncheckedIOException("schema folder " + folder + " cannot be written", e);
        }
    }

    private static void replace(Path file, String text) throws IOException {
        Path written = file.resolveSibling("." + file.getFileName() + ".new");
        Files.writeString(written, text);
        Files.move(
                written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public List<HistoryEntry> history() {
        Path history = folder.resolve(HISTORY);
        List<HistoryEntry> entries = new ArrayList<>();
        if (!Files.isDirectory(history)) {
            return entries;
        }
        try (Stream<Path> changes = Files.list(history)) {
            for (Path change : changes.sorted().toList()) {
                Path entry = change.resolve(ENTRY);
                if (Files.exists(entry)) {
                    entries.add(HistoryJson.read(entry.toString(), Files.readString(entry)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("history in " + history + " cannot be read", e);
        }
        return entries;
    }

    @Override
    public void close() {}
}
