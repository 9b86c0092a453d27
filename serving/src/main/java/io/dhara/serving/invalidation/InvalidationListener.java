package io.dhara.serving.invalidation;

import io.dhara.core.model.EntityKey;
import java.util.List;

/**
 * Holds something that store writes make stale. Called by one thread, the follower's; must not
 * block. When a call returns, no read that starts later may be answered from what it dropped.
 */
public interface InvalidationListener {

    /**
     * A write was applied to the store: entries of this key and these groups are stale.
     *
     * @param groups labels of the groups written
     * @param writeTimeMicros event time of the newest write, epoch microseconds as in the store
     */
    void invalidated(EntityKey key, List<String> groups, long writeTimeMicros);

    /** Invalidations may have been missed: everything held is stale. */
    void gap(String reason);
}
