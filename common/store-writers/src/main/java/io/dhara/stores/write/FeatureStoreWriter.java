package io.dhara.stores.write;

import io.dhara.core.registry.SchemaSnapshot;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Writes blocks to one store connection, ordered by event time inside the store: an older write
 * never replaces a newer one, and the same write twice leaves the same bytes. Safe to call from one
 * thread at a time; completions arrive on a driver thread.
 */
public interface FeatureStoreWriter extends AutoCloseable {

    /** How one write of a batch ended. */
    enum Result {
        /** The store holds this write or a newer one. */
        APPLIED,
        /** Already expired when it arrived: nothing was written, nothing older can be served. */
        EXPIRED,
        /** The store could not take it now; try again. */
        RETRY,
        /** The store will never take it (see the detail); dead-letter it. */
        REFUSED
    }

    /**
     * @param result how it ended
     * @param detail why, for RETRY and REFUSED; what was found amiss in the store, for APPLIED;
     *     else empty
     */
    record Outcome(Result result, String detail) {
        public static final Outcome APPLIED = new Outcome(Result.APPLIED, "");
        public static final Outcome EXPIRED = new Outcome(Result.EXPIRED, "");
    }

    /**
     * @param snapshot schemas in force, for tables and segment columns
     * @param writes at most one per (key, group)
     * @return one outcome per write, in order; never completes exceptionally
     */
    CompletionStage<List<Outcome>> write(SchemaSnapshot snapshot, List<BlockWrite> writes);

    @Override
    void close();
}
