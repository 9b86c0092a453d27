package io.dhara.stores.write.schema;

import static java.util.Objects.requireNonNull;

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
 * A folder of text files with the history of its changes in {@code .history}: each change keeps
 * what was there before it. One thread.
 */
public final class FolderHistory {
    private static final String HISTORY = ".history";
    private static final String ENTRY = "entry.json";

    private final Path folder;

    /**
     * @param folder made with the first change if it is not there
     */
    public FolderHistory(Path folder) {
        this.folder = requireNonNull(folder, "folder is null");
    }

    /**
     * Keeps the files of before, puts each changed file in place in one step, removes those that
     * are gone, and then records the change.
     *
     * @param before text by name, as in the folder now
     * @param after text by name, as it shall be
     */
    public void change(Map<String, String> before, Map<String, String> after, HistoryEntry entry) {
        try {
            Path kept = folder.resolve(HISTORY).resolve(HistoryJson.name(entry.number()));
            Files.createDirectories(kept);
            for (Map.Entry<String, String> file : before.entrySet()) {
                Files.writeString(kept.resolve(file.getKey()), file.getValue());
            }
            for (Map.Entry<String, String> file : new TreeMap<>(after).entrySet()) {
                if (!file.getValue().equals(before.get(file.getKey()))) {
                    replace(folder.resolve(file.getKey()), file.getValue());
                }
            }
            for (String name : before.keySet()) {
                if (!after.containsKey(name)) {
                    Files.delete(folder.resolve(name));
                }
            }
            replace(kept.resolve(ENTRY), HistoryJson.write(entry));
        } catch (IOException e) {
            throw new UncheckedIOException("folder " + folder + " cannot be written", e);
        }
    }

    /** What a change says when the folder is no longer what was planned on. */
    public SchemasChangedException changedMeanwhile() {
        return new SchemasChangedException(
                folder + " was changed by someone else since it was read; plan and apply again");
    }

    private static void replace(Path file, String text) throws IOException {
        Path written = file.resolveSibling("." + file.getFileName() + ".new");
        Files.writeString(written, text);
        Files.move(
                written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Finished changes, oldest first. */
    public List<HistoryEntry> entries() {
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
}
