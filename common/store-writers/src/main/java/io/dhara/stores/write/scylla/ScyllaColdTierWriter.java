package io.dhara.stores.write.scylla;

import static java.util.Objects.requireNonNull;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionType;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.stores.interaction.ColdTierConfig;
import io.dhara.stores.scylla.PreparedStatements;
import io.dhara.stores.scylla.ScyllaConfig;
import io.dhara.stores.scylla.ScyllaConnection;
import io.dhara.stores.scylla.WeekSelect;
import io.dhara.stores.scylla.WeekTables;
import io.dhara.stores.write.interaction.ColdTierException;
import io.dhara.stores.write.interaction.ColdTierWriter;
import io.dhara.stores.write.interaction.CorruptBlock;
import io.dhara.stores.write.interaction.CorruptBlockException;
import io.dhara.stores.write.interaction.HiddenWriteException;
import io.dhara.stores.write.interaction.NewerCellException;
import io.dhara.stores.write.scylla.WeekFlush.TableWrite;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Unites with BharatMLStack's week blocks by reading, merging and writing back. A flush is fenced
 * by its write time: the server keeps the newer of two cells, so the late write of a predecessor
 * that was given up changes nothing. How many requests are on their way at once is bounded by the
 * session's throttler.
 */
public final class ScyllaColdTierWriter implements ColdTierWriter {
    /** Below these, what is read need not be what was last written. */
    private static final Set<String> CONSISTENCIES = Set.of("LOCAL_QUORUM", "QUORUM", "ALL");

    private final ScyllaConnection connection;
    private final ColdTierConfig config;
    private final InteractionTypes types;
    private final Clock clock;
    private final PreparedStatements<WeekSelect> selects;
    private final PreparedStatements<WeekUpdate> updates;
    private final PreparedStatements<String> deletes;

    private ScyllaColdTierWriter(
            ScyllaConnection connection,
            ColdTierConfig config,
            InteractionTypes types,
            Clock clock) {
        this.connection = connection;
        this.config = requireNonNull(config, "config is null");
        this.types = requireNonNull(types, "types is null");
        this.clock = requireNonNull(clock, "clock is null");
        String keyspace = connection.config().keyspace();
        this.selects = new PreparedStatements<>(select -> select.cql(keyspace));
        this.updates = new PreparedStatements<>(update -> update.cql(keyspace));
        this.deletes = new PreparedStatements<>(table -> WeekTables.delete(keyspace, table));
    }

    /**
     * Opens a connection of its own; does not wait for the cluster.
     *
     * @param clock decides which event times are in the window, and the time to live of cells
     * @throws IllegalArgumentException if the connection's consistency is below {@code
     *     LOCAL_QUORUM}
     */
    public static ScyllaColdTierWriter open(
            ScyllaConfig scylla, ColdTierConfig config, InteractionTypes types, Clock clock) {
        requireQuorum(scylla);
        return new ScyllaColdTierWriter(ScyllaConnection.open(scylla), config, types, clock);
    }

    /**
     * On a connection that is closed with the writer.
     *
     * @throws IllegalArgumentException if the connection's consistency is below {@code
     *     LOCAL_QUORUM}; the connection is left open
     */
    public static ScyllaColdTierWriter on(
            ScyllaConnection connection,
            ColdTierConfig config,
            InteractionTypes types,
            Clock clock) {
        requireQuorum(connection.config());
        return new ScyllaColdTierWriter(connection, config, types, clock);
    }

    private static void requireQuorum(ScyllaConfig scylla) {
        if (!CONSISTENCIES.contains(scylla.consistency())) {
            throw new IllegalArgumentException(
                    "consistency of the cold tier's writer must be one of "
                            + CONSISTENCIES
                            + ", as it reads before it writes: got "
                            + scylla.consistency());
        }
    }

    @Override
    public CompletionStage<Prepared> prepare(
            String userId, List<Interaction> interactions, Collection<CorruptBlock> replace) {
        WeekMerge merge;
        try {
            merge =
                    new WeekMerge(
                            userId, byType(userId, interactions), replace, config, clock.millis());
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        if (merge.reads().isEmpty()) {
            return united(userId, merge, List.of());
        }
        return session()
                .thenCompose(
                        session -> all(merge.reads(), r -> select(session, userId, r.select())))
                .thenCompose(rows -> united(userId, merge, rows));
    }

    private CompletionStage<Prepared> united(
            String userId, WeekMerge merge, List<@Nullable Row> rows) {
        try {
            return CompletableFuture.completedFuture(new Flush(userId, merge.union(rows)));
        } catch (CorruptBlockException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * @throws IllegalArgumentException if the store cannot hold the user, or an interaction is not
     *     the user's or of no stored type
     */
    private Map<InteractionType, List<Interaction>> byType(
            String userId, List<Interaction> interactions) {
        requireHoldable(userId);
        Map<InteractionType, List<Interaction>> byType = new LinkedHashMap<>();
        for (Interaction interaction : interactions) {
            if (!interaction.userId().equals(userId)) {
                throw new IllegalArgumentException("an interaction is of another user");
            }
            String name = interaction.type();
            InteractionType type =
                    types.byName(name)
                            .filter(InteractionType::stored)
                            .orElseThrow(
                                    () ->
                                            new IllegalArgumentException(
                                                    "type " + name + " is not a stored type"));
            byType.computeIfAbsent(type, t -> new ArrayList<>()).add(interaction);
        }
        return byType;
    }

    private static void requireHoldable(String userId) {
        requireNonNull(userId, "userId is null");
        if (!WeekTables.canHold(userId)) {
            throw new IllegalArgumentException(
                    "user id must have 1.."
                            + WeekTables.MAX_USER_BYTES
                            + " bytes of UTF-8: got "
                            + userId.length()
                            + " characters");
        }
    }

    @Override
    public CompletionStage<Void> erase(String userId, long writeTimeMicros) {
        try {
            requireHoldable(userId);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        List<String> blocks = new ArrayList<>();
        List<String> counts = new ArrayList<>();
        for (InteractionType type : types.stored()) {
            counts.add(WeekTables.counts(type));
            for (int bucket = 0; bucket < WeekTables.BUCKETS; bucket++) {
                blocks.add(WeekTables.blocks(type, bucket));
            }
        }
        // Blocks first: one without its count would be out of sight of readers, yet not gone.
        return session()
                .thenCompose(
                        session ->
                                all(blocks, t -> delete(session, t, userId, writeTimeMicros))
                                        .thenCompose(
                                                gone ->
                                                        all(
                                                                counts,
                                                                t ->
                                                                        delete(
                                                                                session,
                                                                                t,
                                                                                userId,
                                                                                writeTimeMicros))))
                .thenApply(gone -> null);
    }

    private CompletableFuture<CqlSession> session() {
        return failing(
                connection.config().keyspace() + ".*",
                connection.session(connection.config().requestTimeout()));
    }

    private CompletableFuture<@Nullable Row> select(
            CqlSession session, String userId, WeekSelect select) {
        return execute(session, select.table(), selects.get(session, select), p -> p.bind(userId))
                .thenApply(AsyncResultSet::one);
    }

    private CompletableFuture<AsyncResultSet> delete(
            CqlSession session, String table, String userId, long writeTimeMicros) {
        return execute(
                session, table, deletes.get(session, table), p -> p.bind(writeTimeMicros, userId));
    }

    private static CompletableFuture<AsyncResultSet> execute(
            CqlSession session,
            String table,
            CompletableFuture<PreparedStatement> statement,
            Function<PreparedStatement, BoundStatement> binding) {
        return failing(
                table,
                statement.thenCompose(prepared -> session.executeAsync(binding.apply(prepared))));
    }

    /** Waits for all, also when one has failed. */
    private static <A, R> CompletableFuture<List<R>> all(
            List<A> arguments, Function<A, CompletableFuture<R>> request) {
        List<CompletableFuture<R>> requests = arguments.stream().map(request).toList();
        return CompletableFuture.allOf(requests.toArray(CompletableFuture[]::new))
                .thenApply(
                        done -> {
                            List<R> results = new ArrayList<>(requests.size());
                            requests.forEach(r -> results.add(r.join())); // may be null
                            return results;
                        });
    }

    private static <R> CompletableFuture<R> failing(String what, CompletableFuture<R> request) {
        return request.exceptionallyCompose(
                failure ->
                        CompletableFuture.failedFuture(
                                new ColdTierException(
                                        ScyllaFailures.of(what, failure).detail(), failure)));
    }

    @Override
    public void close() {
        connection.close();
    }

    /** A union that can be written. */
    private final class Flush implements Prepared {
        private final String userId;
        private final WeekMerge.Union union;

        Flush(String userId, WeekMerge.Union union) {
            this.userId = userId;
            this.union = union;
        }

        @Override
        public List<Interaction> added() {
            return union.added();
        }

        @Override
        public int trimmed() {
            return union.trimmed();
        }

        @Override
        public CompletionStage<Integer> write(long writeTimeMicros) {
            List<TableWrite> counts = union.flushes().stream().map(WeekFlush::countsWrite).toList();
            List<TableWrite> blocks =
                    union.flushes().stream().flatMap(f -> f.blockWrites().stream()).toList();
            for (TableWrite write : blocks) {
                NewerCellException newer = write.newerThan(writeTimeMicros);
                if (newer != null) {
                    return CompletableFuture.failedFuture(newer);
                }
            }
            if (blocks.isEmpty()) {
                return CompletableFuture.completedFuture(0);
            }
            // Counts first: a reader may then be told of too many, never of too few.
            return session()
                    .thenCompose(
                            session ->
                                    updateAll(session, counts, writeTimeMicros)
                                            .thenCompose(
                                                    w ->
                                                            updateAll(
                                                                    session,
                                                                    blocks,
                                                                    writeTimeMicros))
                                            .thenCompose(
                                                    w ->
                                                            checkFresh(
                                                                    session,
                                                                    blocks,
                                                                    writeTimeMicros)))
                    .thenApply(checked -> counts.size() + blocks.size());
        }

        private CompletableFuture<?> updateAll(
                CqlSession session, List<TableWrite> writes, long writeTimeMicros) {
            return all(writes, write -> update(session, write, writeTimeMicros));
        }

        /**
         * Where there was a cell its write time was seen to be older. Where there was none there
         * may be a deletion, which shows only in that the write does not.
         */
        private CompletableFuture<Void> checkFresh(
                CqlSession session, List<TableWrite> blocks, long writeTimeMicros) {
            List<TableWrite> fresh = blocks.stream().filter(TableWrite::hasFresh).toList();
            return all(fresh, write -> select(session, userId, write.selectFresh()))
                    .thenCompose(
                            rows -> {
                                for (int i = 0; i < fresh.size(); i++) {
                                    HiddenWriteException hidden =
                                            fresh.get(i).hiddenIn(rows.get(i), writeTimeMicros);
                                    if (hidden != null) {
                                        return CompletableFuture.failedFuture(hidden);
                                    }
                                }
                                return CompletableFuture.completedFuture(null);
                            });
        }

        private CompletableFuture<AsyncResultSet> update(
                CqlSession session, TableWrite write, long writeTimeMicros) {
            return execute(
                    session,
                    write.update().table(),
                    updates.get(session, write.update()),
                    p -> write.bind(p, userId, clock.millis(), writeTimeMicros));
        }
    }
}
