package io.dhara.stores.write.scylla;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.dhara.core.interaction.InteractionType;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.core.interaction.WeekSlots;
import io.dhara.stores.scylla.CqlNames;
import io.dhara.stores.scylla.ScyllaConfig;
import io.dhara.stores.scylla.ScyllaConnection;
import io.dhara.stores.scylla.WeekTables;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/**
 * Makes the cold tier's keyspace and tables, BharatMLStack's with replicas, compaction and a
 * comment that says which slot function fills them. Nothing that is there is dropped or changed.
 */
public final class InteractionTables {
    private static final String SLOTS_COMMENT = "week slots: ";

    private final ScyllaConfig scylla;
    private final InteractionTablesConfig tables;
    private final InteractionTypes types;
    private final WeekSlots slots;

    public InteractionTables(
            ScyllaConfig scylla,
            InteractionTablesConfig tables,
            InteractionTypes types,
            WeekSlots slots) {
        this.scylla = scylla;
        this.tables = tables;
        this.types = types;
        this.slots = slots;
    }

    /** The statements, in order; each can be run again. */
    public List<String> statements() {
        List<String> statements = new ArrayList<>();
        statements.add(keyspace());
        for (InteractionType type : types.stored()) {
            for (int bucket = 0; bucket < WeekTables.BUCKETS; bucket++) {
                int first = bucket * WeekSlots.SLOTS_PER_TABLE;
                statements.add(
                        table(
                                WeekTables.blocks(type, bucket),
                                first,
                                first + WeekSlots.SLOTS_PER_TABLE - 1,
                                "blob"));
            }
            statements.add(table(WeekTables.counts(type), 0, WeekSlots.SLOTS - 1, "int"));
        }
        return statements;
    }

    /** The statements as a script for {@code cqlsh}. */
    public String print() {
        return statements().stream().map(s -> s + ";\n").collect(Collectors.joining("\n"));
    }

    private String keyspace() {
        return "CREATE KEYSPACE IF NOT EXISTS "
                + CqlNames.name(scylla.keyspace())
                + " WITH replication = {'class': 'NetworkTopologyStrategy', "
                + new TreeMap<>(tables.replication())
                        .entrySet().stream()
                                .map(e -> quoted(e.getKey()) + ": " + e.getValue())
                                .collect(Collectors.joining(", "))
                + "}";
    }

    private String table(String table, int first, int last, String cellType) {
        return "CREATE TABLE IF NOT EXISTS "
                + CqlNames.table(scylla.keyspace(), table)
                + " (\n  "
                + WeekTables.USER_COLUMN
                + " text PRIMARY KEY,\n  "
                + WeekTables.columns(first, last).stream()
                        .map(column -> column + " " + cellType)
                        .collect(Collectors.joining(",\n  "))
                + "\n) WITH compaction = {'class': "
                + quoted(tables.compaction().className())
                + "}\n  AND gc_grace_seconds = "
                + tables.gcGrace().toSeconds()
                + "\n  AND comment = "
                + quoted(comment(slots));
    }

    private static String comment(WeekSlots slots) {
        return SLOTS_COMMENT + slots.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /**
     * Makes what is missing. Blocking.
     *
     * @param timeout longest wait for the connection and for each statement; schema changes are
     *     slow
     * @throws IllegalStateException if the cluster cannot be reached in time, or a table was made
     *     for another slot function
     */
    public void create(Duration timeout) {
        try (ScyllaConnection connection = ScyllaConnection.open(scylla)) {
            CqlSession session = session(connection, timeout);
            refuseOtherSlots(session, timeout);
            for (String statement : statements()) {
                session.execute(SimpleStatement.newInstance(statement).setTimeout(timeout));
            }
        }
    }

    private CqlSession session(ScyllaConnection connection, Duration timeout) {
        try {
            return connection.session(timeout).join();
        } catch (CompletionException e) {
            throw new IllegalStateException(
                    "cannot reach " + scylla + " within " + timeout, e.getCause());
        }
    }

    /** A table without such a comment is BharatMLStack's own: it is filled by ISO week. */
    private void refuseOtherSlots(CqlSession session, Duration timeout) {
        Set<String> ours = new HashSet<>();
        for (InteractionType type : types.stored()) {
            for (int bucket = 0; bucket < WeekTables.BUCKETS; bucket++) {
                ours.add(WeekTables.blocks(type, bucket));
            }
        }
        SimpleStatement select =
                SimpleStatement.newInstance(
                                "SELECT table_name, comment FROM system_schema.tables WHERE"
                                        + " keyspace_name = ?",
                                CqlNames.identifier(scylla.keyspace()).asInternal())
                        .setTimeout(timeout);
        for (Row row : session.execute(select)) {
            String table = row.getString("table_name");
            String comment = row.getString("comment");
            boolean said = comment != null && comment.startsWith(SLOTS_COMMENT);
            String made = said ? comment : comment(WeekSlots.ISO_WEEK);
            if (ours.contains(table) && !made.equals(comment(slots))) {
                throw new IllegalStateException(
                        "table "
                                + table
                                + " was made for "
                                + made
                                + ", the setting is "
                                + comment(slots)
                                + " (interactions.slots): set it back, or use another keyspace");
            }
        }
    }
}
