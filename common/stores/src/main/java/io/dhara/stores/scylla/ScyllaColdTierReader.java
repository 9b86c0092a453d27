package io.dhara.stores.scylla;

import static java.util.Objects.requireNonNull;

import io.dhara.core.interaction.InteractionTypes;
import io.dhara.core.interaction.InteractionWindow;
import io.dhara.stores.interaction.ColdTierConfig;
import io.dhara.stores.interaction.ColdTierReader;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.interaction.TypeInteractions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Reads week blocks from BharatMLStack's tables: all slots of the range in one round trip, or,
 * where counts are trusted, in two for most queries: the counts of all types, then the slots that
 * these say are needed.
 *
 * <p>The consistency is the connection's; below {@code LOCAL_QUORUM} a read may miss a session that
 * has just been flushed and is in the hot tier no more.
 */
public final class ScyllaColdTierReader implements ColdTierReader {
    /**
     * The longest range that BharatMLStack's API takes. What is older and not yet expired is not
     * served.
     */
    static final Duration LONGEST_RANGE = Duration.ofDays(7L * 25);

    /** How far behind the clock of whoever accepted an event the reader's own may be. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

    private final ScyllaConnection connection;
    private final ColdTierConfig config;
    private final InteractionTypes types;
    private final Clock clock;
    private final PreparedStatements<WeekSelect> selects;

    private ScyllaColdTierReader(
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
    }

    /**
     * Opens a connection of its own; does not wait for the cluster.
     *
     * @param clock decides which event times are in the window; the deadline is kept by the system
     *     clock
     */
    public static ScyllaColdTierReader open(
            ScyllaConfig scylla, ColdTierConfig config, InteractionTypes types, Clock clock) {
        return on(ScyllaConnection.open(scylla), config, types, clock);
    }

    /** On a connection that is closed with the reader. */
    public static ScyllaColdTierReader on(
            ScyllaConnection connection,
            ColdTierConfig config,
            InteractionTypes types,
            Clock clock) {
        return new ScyllaColdTierReader(connection, config, types, clock);
    }

    @Override
    public CompletionStage<List<TypeInteractions>> read(
            String userId, InteractionQuery query, Instant deadline) {
        requireNonNull(userId, "userId is null");
        for (var type : query.types()) {
            if (!types.stored().contains(type)) {
                throw new IllegalArgumentException(
                        "type " + type.name() + " is not one of the stored types");
            }
        }
        long now = clock.millis();
        long from = Math.max(query.fromMillis(), now - LONGEST_RANGE.toMillis());
        long to =
                Math.min(
                        query.toMillis(),
                        InteractionWindow.newestMillis(now) + CLOCK_SKEW.toMillis());
        if (from > to || !WeekTables.canHold(userId)) {
            return CompletableFuture.completedFuture(
                    Collections.nCopies(
                            query.types().size(), new TypeInteractions(List.of(), true)));
        }
        return new ColdRead(
                        selects,
                        config.trustCounts(),
                        userId,
                        query,
                        new NewestOfType.Range(from, to, now),
                        SlotOrder.of(config.functionsToRead(), from, to),
                        deadline)
                .start(connection::session);
    }

    @Override
    public void close() {
        connection.close();
    }
}
