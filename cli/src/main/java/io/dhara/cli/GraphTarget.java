package io.dhara.cli;

import io.dhara.graph.config.GraphSet;
import io.dhara.stores.write.schema.HistoryEntry;
import io.dhara.stores.write.schema.SchemasChangedException;
import java.util.List;
import java.util.Map;

/** A place that holds graphs and can be changed: a folder or etcd. Blocking; not thread-safe. */
interface GraphTarget extends AutoCloseable {

    /**
     * The texts in force by name. What it returned last is what {@link #write} changes. Names with
     * a slash are of model configs that another control plane keeps; those are read only.
     */
    Map<String, String> current() throws InterruptedException;

    /**
     * The graphs there would be with these files.
     *
     * @param files text by name
     */
    GraphSet with(Map<String, String> files);

    /**
     * Makes the files those in force and adds to the history.
     *
     * @throws SchemasChangedException if someone else changed them since {@link #current}
     */
    void write(Map<String, String> files, HistoryEntry entry) throws InterruptedException;

    /** Changes applied so far, oldest first. */
    List<HistoryEntry> history() throws InterruptedException;

    @Override
    void close();

    /** Those of the texts that {@link #write} replaces. */
    static Map<String, String> files(Map<String, String> texts) {
        Map<String, String> files = new java.util.TreeMap<>(texts);
        files.keySet().removeIf(name -> name.contains("/"));
        return files;
    }
}
