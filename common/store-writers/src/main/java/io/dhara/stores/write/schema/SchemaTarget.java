package io.dhara.stores.write.schema;

import io.dhara.core.registry.SchemaSnapshot;
import java.util.List;

/**
 * A place that holds schemas and can be changed: etcd or a folder. Blocking; for control planes.
 * Not thread-safe.
 */
public interface SchemaTarget extends AutoCloseable {

    /**
     * The schemas in force. What it returned last is what {@link #write} changes.
     *
     * @throws io.dhara.core.registry.InvalidSchemasException if they are not complete and valid
     */
    SchemaSnapshot current() throws InterruptedException;

    /**
     * Whether a group may leave its segments open, to be given on apply. A folder's files are the
     * user's, so there they must be written down.
     */
    boolean allocatesSegments();

    /**
     * Makes the wanted schemas those in force and adds to the history.
     *
     * @param desired valid, and safe by {@link io.dhara.core.registry.SchemaPlan}
     * @param entry for the history
     * @throws SchemasChangedException if someone else changed them since {@link #current}
     */
    void write(SchemaSnapshot desired, HistoryEntry entry) throws InterruptedException;

    /** Changes applied so far, oldest first. */
    List<HistoryEntry> history() throws InterruptedException;

    @Override
    void close();
}
