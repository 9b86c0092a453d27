package io.dhara.core.model;

import java.util.List;

/**
 * Where groups are kept ({@code storage/stores/<id>}).
 *
 * @param id store number as text
 * @param confId which configured connection
 * @param kind decided by {@code db-type}
 * @param table Scylla table; empty for Redis
 * @param primaryKeys key columns of that table
 * @param maxColumnSizeBytes chunk size of a segment column
 * @param maxRowSizeBytes kept for the control plane; not used
 * @param tableTtlSeconds {@code default_time_to_live} of the table
 */
public record StoreConfig(
        String id,
        int confId,
        Kind kind,
        String table,
        List<String> primaryKeys,
        int maxColumnSizeBytes,
        int maxRowSizeBytes,
        int tableTtlSeconds) {

    /** The store kinds and their {@code db-type} names. */
    public enum Kind {
        SCYLLA("scylla"),
        REDIS("redis_failover");

        private final String wireName;

        Kind(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }
    }

    public StoreConfig {
        primaryKeys = List.copyOf(primaryKeys);
        if (kind == Kind.SCYLLA && maxColumnSizeBytes < 1) {
            throw new IllegalArgumentException(
                    "max-column-size-in-bytes of store "
                            + id
                            + " must be positive: got "
                            + maxColumnSizeBytes);
        }
    }
}
