package io.dhara.stores.scylla;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.cql.BoundStatementBuilder;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.dhara.core.model.EntityKey;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.psdb.SegmentLayout;
import io.dhara.stores.Gathering;
import io.dhara.stores.Reopening;
import io.dhara.stores.key.ScyllaKeys;
import io.dhara.stores.read.FeatureStoreReader;
import io.dhara.stores.read.StoreReadException;
import io.dhara.stores.read.StoreReadException.Kind;
import io.dhara.stores.read.StoredBlock;
import io.dhara.stores.read.StoredRow;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads blocks from segment columns: one asynchronous select per key, routed to a replica; how many
 * are on their way at once is bounded by the session's throttler.
 */
public final class ScyllaFeatureReader implements FeatureStoreReader {
    private final ScyllaConnection connection;
    private final PreparedStatements<ReadShape> selects;

    private ScyllaFeatureReader(ScyllaConnection connection) {
        this.connection = connection;
        String keyspace = connection.config().keyspace();
        this.selects = new PreparedStatements<>(shape -> shape.cql(keyspace));
    }

    /** Opens a connection of its own; does not wait for the cluster. */
    public static ScyllaFeatureReader open(ScyllaConfig config) {
        return new ScyllaFeatureReader(ScyllaConnection.open(config));
    }

    @Override
    public CompletionStage<List<StoredRow>> read(
            StoreConfig store,
            EntitySchema entity,
            List<EntityKey> keys,
            List<FeatureGroupSchema> groups,
            Instant deadline) {
        Gathering<StoredRow> rows = new Gathering<>(keys.size());
        Read read = new Read(store, entity, keys, groups, deadline, rows);
        for (FeatureGroupSchema group : groups) {
            if (group.columns().isEmpty()) {
                String name = entity.label() + "/" + group.label();
                read.failAll(
                        Kind.UNAVAILABLE,
                        "feature group "
                                + name
                                + " has no segment columns: add them in the registry");
                return rows.stage();
            }
        }
        Duration left = read.left();
        if (left.isZero()) {
            read.failAll(Kind.DEADLINE, "the deadline passed before the store was asked");
            return rows.stage();
        }
        connection
                .session(left)
                .thenCompose(session -> select(session, read))
                .whenComplete(
                        (done, failure) -> {
                            if (failure != null) {
                                rows.setMissing(failed(read, failure));
                            }
                        });
        return rows.stage();
    }

    private CompletionStage<Void> select(CqlSession session, Read read) {
        ReadShape shape = ReadShape.of(read.store, read.entity, read.groups);
        return Reopening.within(selects.get(session, shape), read.left())
                .thenAccept(prepared -> execute(session, prepared, read));
    }

    private static void execute(CqlSession session, PreparedStatement select, Read read) {
        Duration left = read.left();
        if (left.isZero()) {
            read.failAll(Kind.DEADLINE, "the deadline passed before the store was asked");
            return;
        }
        for (int i = 0; i < read.keys.size(); i++) {
            int row = i;
            EntityKey key = read.keys.get(i);
            if (key.values().size() != read.entity.keys().size()) {
                read.rows.set(row, wrongKeyLength(read.entity, key));
                continue;
            }
            if (!ScyllaKeys.problem(key).isEmpty()) {
                // A key that the store cannot hold is not in it.
                read.rows.set(row, absent(read.groups.size()));
                continue;
            }
            BoundStatementBuilder bound = select.boundStatementBuilder().setTimeout(left);
            for (int v = 0; v < key.values().size(); v++) {
                bound = bound.setString(v, key.values().get(v));
            }
            session.executeAsync(bound.build())
                    .thenApply(result -> blocks(result.one(), read.groups))
                    .exceptionally(failure -> failed(read, failure))
                    .thenAccept(answer -> read.rows.set(row, answer));
        }
    }

    private static StoredRow wrongKeyLength(EntitySchema entity, EntityKey key) {
        return StoredRow.failed(
                new StoreReadException(
                        Kind.UNAVAILABLE,
                        "a key of entity "
                                + entity.label()
                                + " must have "
                                + entity.keys().size()
                                + " values: got "
                                + key.values().size()));
    }

    private static StoredRow absent(int groups) {
        return StoredRow.of(Collections.nCopies(groups, StoredBlock.ABSENT));
    }

    private static StoredRow blocks(@Nullable Row row, List<FeatureGroupSchema> groups) {
        if (row == null) {
            return absent(groups.size());
        }
        List<StoredBlock> blocks = new ArrayList<>(groups.size());
        int column = 0;
        for (FeatureGroupSchema group : groups) {
            int end = column + 2 * group.columns().size();
            blocks.add(block(row, column, end));
            column = end;
        }
        return StoredRow.of(blocks);
    }

    /**
     * Joins the segments of the newest write. Older ones are left-overs of a write that knew more
     * segments than the newest one did (a group whose columns were changed meanwhile): to join them
     * too would tear the block.
     */
    private static StoredBlock block(Row row, int from, int end) {
        long newest = Long.MIN_VALUE;
        for (int column = from; column < end; column += 2) {
            if (!row.isNull(column + 1)) {
                newest = Math.max(newest, row.getLong(column + 1));
            }
        }
        List<@Nullable ByteBuffer> segments = new ArrayList<>((end - from) / 2);
        for (int column = from; column < end; column += 2) {
            boolean isNewest = !row.isNull(column + 1) && row.getLong(column + 1) == newest;
            segments.add(isNewest ? row.getBytesUnsafe(column) : null);
        }
        byte[] block = SegmentLayout.join(segments);
        return block == null ? StoredBlock.ABSENT : new StoredBlock(block, newest);
    }

    private static StoredRow failed(Read read, Throwable thrown) {
        return StoredRow.failed(
                StoreReadException.of(
                        read.store,
                        thrown,
                        failure ->
                                failure instanceof DriverTimeoutException
                                        || failure instanceof TimeoutException));
    }

    @Override
    public void close() {
        connection.close();
    }

    /** One call of {@link #read}. */
    private record Read(
            StoreConfig store,
            EntitySchema entity,
            List<EntityKey> keys,
            List<FeatureGroupSchema> groups,
            Instant deadline,
            Gathering<StoredRow> rows) {

        /** Time left, never negative. */
        Duration left() {
            Duration left = Duration.between(Instant.now(), deadline);
            return left.isNegative() ? Duration.ZERO : left;
        }

        void failAll(Kind kind, String reason) {
            rows.setMissing(StoredRow.failed(new StoreReadException(kind, reason)));
        }
    }
}
