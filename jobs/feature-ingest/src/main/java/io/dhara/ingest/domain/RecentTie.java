package io.dhara.ingest.domain;

import static java.util.Objects.requireNonNull;

import io.dhara.core.model.EntityKey;

/**
 * The newest record seen of one group of one key in one partition.
 *
 * @param slot that it was given inside its millisecond
 */
public record RecentTie(
        EntityKey key, int groupId, int partition, long eventMillis, long offset, int slot) {
    public RecentTie {
        requireNonNull(key, "key is null");
    }
}
