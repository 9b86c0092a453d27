package io.dhara.cli;

import io.dhara.graph.config.GraphFiles;
import io.dhara.graph.config.GraphSet;
import io.dhara.stores.write.schema.FolderHistory;
import io.dhara.stores.write.schema.HistoryEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Graphs in a folder; what was there before a change goes to {@code .history}. */
final class FolderGraphTarget implements GraphTarget {
    private final Path folder;
    private final FolderHistory history;
    private Map<String, String> before = Map.of();

    /**
     * @param folder made with the first change if it is not there
     */
    FolderGraphTarget(Path folder) {
        this.folder = folder;
        this.history = new FolderHistory(folder);
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
            throw history.changedMeanwhile();
        }
        history.change(before, files, entry);
    }

    @Override
    public List<HistoryEntry> history() {
        return history.entries();
    }

    @Override
    public void close() {}
}
