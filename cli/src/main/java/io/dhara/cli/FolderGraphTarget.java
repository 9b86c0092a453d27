package io.dhara.cli;

import io.dhara.graph.config.GraphFiles;
import io.dhara.graph.config.GraphSet;
import io.dhara.stores.write.schema.HistoryEntry;
import io.dhara.stores.write.schema.HistoryJson;
import io.dhara.stores.write.schema.SchemasChangedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Graphs in a folder; what was there before a change goes to {@code .history}. */
final class FolderGraphTarget implements GraphTarget {
    private static final String HISTORY = ".history";
    private static final String ENTRY = "entry.json";

    private final Path folder;
    private Map<String, String> before = Map.of();

    /**
     * @param folder made with the first change if it is not there
     */
    FolderGraphTarget(Path folder) {
        this.folder = folder;
    }

    @Override
    public Map<String, String> current() {
        before = read();
        return before;
    }

    @Override
    public GraphSet with(Map<String, String> files) {
        return GraphSet.ofFiles(files);
    }

    private Map<String, String> read() {
        return Files.isDirectory(folder) ? GraphFiles.readFolder(folder) : Map.of();
    }

    @Override
    public void write(Map<String, String> files, HistoryEntry entry) {
        if (!read().equals(before)) {
            throw new SchemasChangedException(
                    folder
                            + " was changed by someone else since it was read; plan and apply again");
        }
        try {
            Path kept = folder.resolve(HISTORY).resolve(HistoryJson.name(entry.number()));
            Files.createDirectories(kept);
            for (Map.Entry<String, String> file : before.entrySet()) {
                Files.writeString(kept.resolve(file.getKey()), file.getValue());
            }
            for (Map.Entry<String, String> file : files.entrySet()) {
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
            throw new UncheckedIOException("graph folder " + folder + " cannot be written", e);
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
