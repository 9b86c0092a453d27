package io.dhara.core.registry;

import java.util.function.Consumer;

/**
 * A watched source of {@link SchemaSnapshot}s: a folder of YAML files or etcd. Holds the last good
 * snapshot: a change that is half applied or invalid is never shown, it is logged and told by
 * {@link #lastProblem()}. Thread-safe.
 */
public interface SchemaRegistry extends AutoCloseable {

    /** The last good snapshot. Never blocks. */
    SchemaSnapshot current();

    /**
     * Looks at the source now instead of waiting for the watch, and returns the snapshot
     * afterwards. For the rare record that names something unknown: it may be ahead of the watch.
     * Rate-limited by the implementation; blocks for at most a second.
     */
    SchemaSnapshot refresh();

    /**
     * Calls the listener with the current snapshot and again after every change, on the registry's
     * own thread.
     *
     * @return ends the subscription when closed
     */
    AutoCloseable subscribe(Consumer<SchemaSnapshot> listener);

    /**
     * Why the newest state of the source is not what {@link #current()} shows; empty when it is.
     */
    String lastProblem();

    @Override
    void close();
}
