package io.dhara.stores.write.scylla;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.stores.scylla.CqlNames;
import io.dhara.stores.scylla.ScyllaConfig;
import io.dhara.stores.scylla.ScyllaConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/**
 * Makes the tables and segment columns that the registry names and the store lacks, as
 * BharatMLStack's control plane does: text key columns, all in the partition key, and one blob
 * column per segment. Nothing is ever dropped or changed. Blocking; for control planes and tests.
 */
public final class ScyllaTables implements AutoCloseable {
    private final ScyllaConnection connection;
    private final Duration timeout;

    private ScyllaTables(ScyllaConnection connection, Duration timeout) {
        this.connection = connection;
        this.timeout = timeout;
    }

    /**
     * Opens a connection of its own.
     *
     * @param timeout longest wait for the connection and for each statement; schema changes are
     *     slow
     */
    public static ScyllaTables open(ScyllaConfig config, Duration timeout) {
        return new ScyllaTables(ScyllaConnection.open(config), timeout);
    }

    /** Makes the keyspace if it is not there. */
    public void createKeyspace(int replicas) {
        ScyllaConfig config = connection.config();
        execute(
                "CREATE KEYSPACE IF NOT EXISTS "
                        + CqlNames.name(config.keyspace())
                        + " WITH replication = {'class':'NetworkTopologyStrategy','"
                        + config.datacenter().replace("'", "''")
                        + "':"
                        + replicas
                        + "}");
    }

    /**
     * The statements that make what is missing, in order; empty when nothing is.
     *
     * @param confId the conf-id of this connection: stores of other connections are left alone
     */
    public List<String> plan(SchemaSnapshot snapshot, int confId) {
        List<String> statements = new ArrayList<>();
        for (StoreConfig store : snapshot.stores().values()) {
            if (store.kind() != StoreConfig.Kind.SCYLLA || store.confId() != confId) {
                continue;
            }
            for (EntitySchema entity : snapshot.entities().values()) {
                Set<String> segments =
                        entity.groups().values().stream()
                                .filter(group -> group.storeId().equals(store.id()))
                                .map(FeatureGroupSchema::columns)
                                .flatMap(Collection::stream)
                                .collect(Collectors.toCollection(TreeSet::new));
                if (!segments.isEmpty()) {
                    plan(store, entity, segments, statements);
                }
            }
        }
        return statements;
    }

    private void plan(
            StoreConfig store, EntitySchema entity, Set<String> segments, List<String> statements) {
        String table = CqlNames.table(connection.config().keyspace(), store.table());
        Set<String> present = columns(store.table());
        if (present.isEmpty()) {
            List<String> keys =
                    store.primaryKeys().isEmpty()
                            ? entity.keys().stream()
                                    .map(EntitySchema.KeyColumn::columnLabel)
                                    .toList()
                            : store.primaryKeys();
            statements.add(createTable(table, keys, store.tableTtlSeconds()));
        }
        for (String segment : segments) {
            if (!present.contains(CqlNames.identifier(segment).asInternal())) {
                statements.add("ALTER TABLE " + table + " ADD " + CqlNames.name(segment) + " blob");
            }
        }
    }

    private static String createTable(String table, List<String> keys, int ttlSeconds) {
        return "CREATE TABLE IF NOT EXISTS "
                + table
                + " ("
                + keys.stream()
                        .map(key -> CqlNames.name(key) + " text, ")
                        .collect(Collectors.joining())
                + "PRIMARY KEY (("
                + keys.stream().map(CqlNames::name).collect(Collectors.joining(", "))
                + "))) WITH default_time_to_live = "
                + ttlSeconds;
    }

    /** Columns of a table as the server names them; none when there is no such table. */
    private Set<String> columns(String table) {
        CqlSession session = session();
        return session
                .execute(
                        SimpleStatement.newInstance(
                                        "SELECT column_name FROM system_schema.columns WHERE"
                                                + " keyspace_name = ? AND table_name = ?",
                                        CqlNames.identifier(connection.config().keyspace())
                                                .asInternal(),
                                        CqlNames.identifier(table).asInternal())
                                .setTimeout(timeout))
                .all()
                .stream()
                .map(row -> row.getString(0))
                .collect(Collectors.toSet());
    }

    /**
     * Makes what is missing.
     *
     * @return the statements that were run
     */
    public List<String> apply(SchemaSnapshot snapshot, int confId) {
        List<String> statements = plan(snapshot, confId);
        statements.forEach(this::execute);
        return statements;
    }

    private void execute(String cql) {
        session().execute(SimpleStatement.newInstance(cql).setTimeout(timeout));
    }

    /**
     * @throws IllegalStateException if the cluster cannot be reached in time
     */
    private CqlSession session() {
        try {
            return connection.session(timeout).join();
        } catch (CompletionException e) {
            throw new IllegalStateException(
                    "cannot reach " + connection.config() + " within " + timeout, e.getCause());
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
