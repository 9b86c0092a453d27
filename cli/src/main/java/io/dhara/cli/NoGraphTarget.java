package io.dhara.cli;

import io.dhara.graph.config.GraphSet;
import io.dhara.stores.write.schema.HistoryEntry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Settings that name no graphs: there are none, and none can be written. */
record NoGraphTarget(Path settings) implements GraphTarget {
    @Override
    public Map<String, String> current() {
        return Map.of();
    }

    @Override
    public GraphSet with(Map<String, String> files) {
        return GraphSet.ofFiles(files);
    }

    @Override
    public void write(Map<String, String> files, HistoryEntry entry) {
        throw new CommandFailure(
                settings
                        + " says nowhere where graphs are kept: add inferflow.graphs.folder or"
                        + " inferflow.graphs.etcd.*, or give no graphs.");
    }

    @Override
    public List<HistoryEntry> history() {
        return List.of();
    }

    @Override
    public void close() {}
}
