package io.dhara.stores.write.scylla;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the cold tier's keyspace and tables are made.
 *
 * @param replication replicas by data centre; at least one data centre
 * @param compaction of all tables
 * @param gcGrace how long the store remembers what expired or was erased: a node that was away for
 *     longer must not come back
 */
public record InteractionTablesConfig(
        Map<String, Integer> replication, Compaction compaction, Duration gcGrace) {

    /** How the store joins the versions of a row. */
    public enum Compaction {
        /** Reads touch about one file per row; more writing. */
        LEVELED("LeveledCompactionStrategy"),
        /** Less writing; a row that is flushed often lies in several files. */
        SIZE_TIERED("SizeTieredCompactionStrategy"),
        /** Scylla only: as size-tiered, with less space. */
        INCREMENTAL("IncrementalCompactionStrategy");

        private final String className;

        Compaction(String className) {
            this.className = className;
        }

        String className() {
            return className;
        }
    }

    private static final String REPLICATION_KEY = "interactions.cold.tables.replication";
    private static final int DEFAULT_REPLICAS = 3;
    private static final Duration DEFAULT_GC_GRACE = Duration.ofDays(10);

    public InteractionTablesConfig {
        requireNonNull(compaction, "compaction is null");
        replication = Map.copyOf(replication);
        if (replication.isEmpty()) {
            throw new IllegalArgumentException("replication is empty: name a data centre");
        }
        replication.forEach(
                (datacenter, replicas) -> {
                    if (replicas < 1) {
                        throw new IllegalArgumentException(
                                "replication of " + datacenter + " must be positive: " + replicas);
                    }
                });
        if (gcGrace.isNegative() || gcGrace.toSeconds() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("gc-grace must be 0 or more: got " + gcGrace);
        }
    }

    /** Three replicas in one data centre; a writer then needs two of them. */
    public static InteractionTablesConfig of(String datacenter) {
        return new InteractionTablesConfig(
                Map.of(datacenter, DEFAULT_REPLICAS), Compaction.LEVELED, DEFAULT_GC_GRACE);
    }

    /**
     * Reads {@code interactions.cold.tables.*}.
     *
     * @param datacenter local one; has all replicas unless others are named
     */
    public static InteractionTablesConfig from(Settings settings, String datacenter) {
        InteractionTablesConfig byDefault = of(datacenter);
        Map<String, Integer> replication = new LinkedHashMap<>();
        for (String item :
                settings.list(REPLICATION_KEY, List.of(datacenter + "=" + DEFAULT_REPLICAS))) {
            int equals = item.lastIndexOf('=');
            String replicas = item.substring(equals + 1);
            if (equals < 1 || !replicas.matches("[1-9][0-9]?")) {
                settings.reject(
                        REPLICATION_KEY, "must be items such as dc1=3 of 1..99: got " + item);
            } else {
                replication.put(item.substring(0, equals), Integer.valueOf(replicas));
            }
        }
        return new InteractionTablesConfig(
                replication.isEmpty() ? byDefault.replication() : replication,
                settings.choice("interactions.cold.tables.compaction", byDefault.compaction()),
                settings.duration("interactions.cold.tables.gc-grace", byDefault.gcGrace()));
    }
}
