package io.dhara.stores.write.scylla;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchableStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.BoundStatementBuilder;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import io.dhara.core.model.EntityKey;
import io.dhara.core.psdb.SegmentLayout;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.stores.Gathering;
import io.dhara.stores.key.ScyllaKeys;
import io.dhara.stores.scylla.PreparedStatements;
import io.dhara.stores.scylla.ScyllaConfig;
import io.dhara.stores.scylla.ScyllaConnection;
import io.dhara.stores.write.BlockWrite;
import io.dhara.stores.write.FeatureStoreWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Writes each block as one update of all its segments with the event time as the cells' timestamp:
 * the server itself keeps the newest, so nothing is read before and repeats are harmless. Updates
 * of one key go together in unlogged batches of one partition. How many requests are on their way
 * at once is bounded by the session's throttler.
 */
public final class ScyllaFeatureWriter implements FeatureStoreWriter {
    private final ScyllaConfig config;
    private final ScyllaConnection connection;
    private final PreparedStatements<WriteShape> updates;

    private ScyllaFeatureWriter(ScyllaConfig config) {
        this.config = config;
        this.connection = ScyllaConnection.open(config);
        this.updates = new PreparedStatements<>(shape -> shape.cql(config.keyspace()));
    }

    /** Opens a connection of its own; does not wait for the cluster. */
    public static ScyllaFeatureWriter open(ScyllaConfig config) {
        return new ScyllaFeatureWriter(config);
    }

    @Override
    public CompletionStage<List<Outcome>> write(SchemaSnapshot snapshot, List<BlockWrite> writes) {
        Gathering<Outcome> outcomes = new Gathering<>(writes.size());
        Map<Partition, List<Update>> byPartition = new LinkedHashMap<>();
        long nowSeconds = System.currentTimeMillis() / 1000;
        for (int i = 0; i < writes.size(); i++) {
            BlockWrite write = writes.get(i);
            Target target = Target.of(snapshot, write);
            Optional<Outcome> problem = target == null ? unknown(write) : problem(write, target);
            if (problem.isPresent()) {
                outcomes.set(i, problem.get());
                continue;
            }
            byPartition
                    .computeIfAbsent(
                            new Partition(target.store().table(), write.key()),
                            partition -> new ArrayList<>())
                    .add(new Update(i, write, target, nowSeconds, outcomes));
        }
        if (!byPartition.isEmpty()) {
            connection
                    .session(config.requestTimeout())
                    .thenAccept(
                            session ->
                                    byPartition
                                            .values()
                                            .forEach(updates -> writePartition(session, updates)))
                    .whenComplete(
                            (done, failure) -> {
                                if (failure != null) {
                                    outcomes.setMissing(
                                            ScyllaFailures.of(config.keyspace() + ".*", failure));
                                }
                            });
        }
        return outcomes.stage();
    }

    private static Optional<Outcome> unknown(BlockWrite write) {
        return refused(
                "feature group "
                        + write.key().entity()
                        + "/"
                        + write.group()
                        + " or its store "
                        + write.storeId()
                        + " is not in the registry");
    }

    /** What must not reach the store: a block cut short would be a corrupt block. */
    private static Optional<Outcome> problem(BlockWrite write, Target target) {
        String name = write.key().entity() + "/" + write.group();
        if (target.group().columns().isEmpty()) {
            return refused("feature group " + name + " has no segment columns: add them");
        }
        SegmentLayout layout = target.layout();
        if (write.block().length > layout.capacityBytes()) {
            return refused(
                    "block of feature group "
                            + name
                            + " has "
                            + write.block().length
                            + " bytes, its "
                            + layout.columns().size()
                            + " segment columns hold "
                            + layout.capacityBytes()
                            + " ("
                            + layout.maxColumnSizeBytes()
                            + " each): add segment columns");
        }
        if (write.key().values().size() != target.entity().keys().size()) {
            return refused(
                    "a key of entity "
                            + write.key().entity()
                            + " must have "
                            + target.entity().keys().size()
                            + " values: got "
                            + write.key().values().size());
        }
        String keyProblem = ScyllaKeys.problem(write.key());
        return keyProblem.isEmpty() ? Optional.empty() : refused(keyProblem);
    }

    private static Optional<Outcome> refused(String detail) {
        return Optional.of(new Outcome(Result.REFUSED, detail));
    }

    /** Prepares what is not yet prepared, then sends what could be prepared. */
    private void writePartition(CqlSession session, List<Update> partition) {
        AtomicInteger unprepared = new AtomicInteger(partition.size());
        AtomicReferenceArray<BoundStatement> bound = new AtomicReferenceArray<>(partition.size());
        for (int i = 0; i < partition.size(); i++) {
            int index = i;
            Update update = partition.get(i);
            updates.get(session, update.shape())
                    .thenAccept(prepared -> bound.set(index, update.bind(prepared)))
                    .exceptionally(
                            failure -> {
                                update.ended(ScyllaFailures.of(update.table(), failure));
                                return null;
                            })
                    .thenRun(
                            () -> {
                                if (unprepared.decrementAndGet() == 0) {
                                    send(session, partition, bound);
                                }
                            })
                    .exceptionally(
                            failure -> {
                                Outcome notSent = ScyllaFailures.of(update.table(), failure);
                                partition.forEach(other -> other.ended(notSent));
                                return null;
                            });
        }
    }

    /** One request per {@code batch-bytes} of blocks: servers refuse large batches. */
    private void send(
            CqlSession session,
            List<Update> partition,
            AtomicReferenceArray<BoundStatement> bound) {
        List<Update> batch = new ArrayList<>();
        List<BatchableStatement<?>> statements = new ArrayList<>();
        int bytes = 0;
        for (int i = 0; i < partition.size(); i++) {
            BoundStatement statement = bound.get(i);
            if (statement == null) {
                continue;
            }
            Update update = partition.get(i);
            int size = update.write.block().length;
            if (!batch.isEmpty() && bytes + size > config.batchBytes()) {
                execute(session, batch, statements);
                batch = new ArrayList<>();
                statements = new ArrayList<>();
                bytes = 0;
            }
            batch.add(update);
            statements.add(statement);
            bytes += size;
        }
        if (!batch.isEmpty()) {
            execute(session, batch, statements);
        }
    }

    private static void execute(
            CqlSession session, List<Update> batch, List<BatchableStatement<?>> statements) {
        Statement<?> request =
                statements.size() == 1
                        ? (BoundStatement) statements.get(0)
                        : BatchStatement.newInstance(DefaultBatchType.UNLOGGED, statements);
        session.executeAsync(request)
                .whenComplete(
                        (result, failure) -> {
                            for (Update update : batch) {
                                update.ended(
                                        failure == null
                                                ? Outcome.APPLIED
                                                : ScyllaFailures.of(update.table(), failure));
                            }
                        });
    }

    @Override
    public void close() {
        connection.close();
    }

    /** Updates of one partition may share a batch. */
    private record Partition(String table, EntityKey key) {}

    /** One write of the batch at this index, on its way. */
    private record Update(
            int index,
            BlockWrite write,
            Target target,
            long nowSeconds,
            Gathering<Outcome> outcomes) {

        WriteShape shape() {
            return WriteShape.of(
                    target.store(),
                    target.entity(),
                    target.group(),
                    write.expiryEpochSeconds() != 0);
        }

        String table() {
            return target.store().table();
        }

        void ended(Outcome outcome) {
            outcomes.set(index, outcome);
        }

        BoundStatement bind(PreparedStatement prepared) {
            BoundStatementBuilder bound = prepared.boundStatementBuilder();
            int at = 0;
            if (write.expiryEpochSeconds() != 0) {
                long ttl = Math.max(1, write.expiryEpochSeconds() - nowSeconds);
                bound = bound.setInt(at++, Math.toIntExact(ttl));
            }
            bound = bound.setLong(at++, write.writeTimeMicros());
            byte[] block = write.block();
            for (ByteBuffer segment : target.layout().split(block, 0, block.length)) {
                bound = bound.setByteBuffer(at++, segment);
            }
            for (String value : write.key().values()) {
                bound = bound.setString(at++, value);
            }
            return bound.build();
        }
    }
}
