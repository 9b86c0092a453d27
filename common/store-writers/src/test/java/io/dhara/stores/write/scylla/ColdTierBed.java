package io.dhara.stores.write.scylla;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.config.DriverExecutionProfile;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.session.Request;
import com.datastax.oss.driver.api.core.tracker.RequestTracker;
import io.dhara.core.config.Settings;
import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionType;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.core.interaction.WeekSlots;
import io.dhara.embedded.EmbeddedCassandra;
import io.dhara.stores.interaction.ColdTierConfig;
import io.dhara.stores.interaction.ColdTierReader;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.interaction.TypeInteractions;
import io.dhara.stores.scylla.ScyllaColdTierReader;
import io.dhara.stores.scylla.ScyllaConfig;
import io.dhara.stores.scylla.ScyllaConnection;
import io.dhara.stores.write.interaction.ColdTierWriter;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/** The cold tier's tables on a real Cassandra, a session beside, and what requests were sent. */
final class ColdTierBed implements AutoCloseable {
    private static final Duration SCHEMA_TIMEOUT = Duration.ofSeconds(60);
    private static final AtomicLong USERS = new AtomicLong();
    private static final AtomicLong MICROS =
            new AtomicLong(System.currentTimeMillis() * 1000 + 1_000_000_000L);

    /** What our readers and writers sent. */
    static final class Requests implements RequestTracker {
        private final ConcurrentLinkedQueue<BoundStatement> sent = new ConcurrentLinkedQueue<>();
        private final Set<String> consistencies = ConcurrentHashMap.newKeySet();

        @Override
        public void onSuccess(
                Request request,
                long latencyNanos,
                DriverExecutionProfile profile,
                Node node,
                String prefix) {
            if (request instanceof BoundStatement statement) {
                sent.add(statement);
                consistencies.add(profile.getString(DefaultDriverOption.REQUEST_CONSISTENCY));
            }
        }

        @Override
        public void close() {}

        /** Of all requests so far. */
        Set<String> consistencies() {
            return consistencies;
        }

        /**
         * Texts of a user's statements that begin so, in the order of their answers; forgets the
         * user's. The driver tells of a request just after its answer: waits until it has told of
         * so many.
         */
        List<String> take(String verb, String user, int atLeast) {
            Awaitility.await().until(() -> texts(verb, user).size() >= atLeast);
            List<String> texts = texts(verb, user);
            sent.removeIf(statement -> isOf(statement, user));
            return texts;
        }

        private List<String> texts(String verb, String user) {
            return sent.stream()
                    .filter(statement -> isOf(statement, user))
                    .map(statement -> statement.getPreparedStatement().getQuery())
                    .filter(text -> text.startsWith(verb))
                    .toList();
        }

        private static boolean isOf(BoundStatement statement, String user) {
            return user.equals(statement.getString("user_id"));
        }

        /** Of all requests so far. */
        int forget() {
            int size = sent.size();
            sent.clear();
            return size;
        }
    }

    final Requests requests = new Requests();
    final InteractionTypes types;
    final InteractionType click;
    final InteractionType order;
    final ScyllaConfig scylla;
    final CqlSession cql;

    ColdTierBed(EmbeddedCassandra server, String keyspace) {
        this(server, keyspace, Map.of());
    }

    /**
     * @param connection settings of our connections that differ from the defaults
     */
    ColdTierBed(EmbeddedCassandra server, String keyspace, Map<String, String> connection) {
        this.types = types(Map.of());
        this.click = types.byName("CLICK").orElseThrow();
        this.order = types.byName("ORDER").orElseThrow();
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("cold.contact-points", server.address());
        settings.put("cold.datacenter", EmbeddedCassandra.DATACENTER);
        settings.put("cold.keyspace", keyspace);
        connection.forEach((key, value) -> settings.put("cold." + key, value));
        this.scylla = ScyllaConfig.from(Settings.parse(settings), "cold");
        new InteractionTables(scylla, oneReplica(), types, WeekSlots.ISO_WEEK)
                .create(SCHEMA_TIMEOUT);
        this.cql = session(server);
    }

    /** A plain session, patient enough for schema changes on a busy machine. */
    static CqlSession session(EmbeddedCassandra server) {
        return CqlSession.builder()
                .addContactPoint(new InetSocketAddress("127.0.0.1", server.port()))
                .withLocalDatacenter(EmbeddedCassandra.DATACENTER)
                .withConfigLoader(
                        DriverConfigLoader.programmaticBuilder()
                                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, SCHEMA_TIMEOUT)
                                .build())
                .build();
    }

    static InteractionTypes types(Map<String, String> settings) {
        return InteractionTypes.from(Settings.parse(settings));
    }

    static InteractionTablesConfig oneReplica() {
        InteractionTablesConfig three = InteractionTablesConfig.of(EmbeddedCassandra.DATACENTER);
        return new InteractionTablesConfig(
                Map.of(EmbeddedCassandra.DATACENTER, 1), three.compaction(), three.gcGrace());
    }

    static ColdTierConfig config(String... settings) {
        Map<String, String> given = new LinkedHashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            given.put(settings[i], settings[i + 1]);
        }
        return ColdTierConfig.from(Settings.parse(given));
    }

    static Clock at(Instant now) {
        return Clock.fixed(now, ZoneOffset.UTC);
    }

    /** A user nobody else has. */
    static String user() {
        return "u" + USERS.incrementAndGet();
    }

    /** A write time newer than any before, also than the plain writes of this test. */
    static long nextMicros() {
        return MICROS.addAndGet(1000);
    }

    ColdTierWriter writer(Clock clock, ColdTierConfig config) {
        return ScyllaColdTierWriter.on(
                ScyllaConnection.open(scylla, requests), config, types, clock);
    }

    ColdTierReader reader(Clock clock, ColdTierConfig config) {
        return ScyllaColdTierReader.on(
                ScyllaConnection.open(scylla, requests), config, types, clock);
    }

    static Interaction click(String user, long product, Instant at) {
        return new Interaction(user, "CLICK", product, 7, at.toEpochMilli(), "", "");
    }

    static Interaction order(String user, long product, Instant at, String subOrder) {
        return new Interaction(user, "ORDER", product, 7, at.toEpochMilli(), subOrder, "m");
    }

    /** Prepares and writes. */
    static int flush(ColdTierWriter writer, String user, List<Interaction> interactions) {
        return await(await(writer.prepare(user, interactions)).write(nextMicros()));
    }

    List<TypeInteractions> read(ColdTierReader reader, String user, InteractionQuery query) {
        return await(reader.read(user, query, Instant.now().plusSeconds(20)));
    }

    Row row(InteractionType type, String table, String columns, String user) {
        return cql.execute(
                        "SELECT "
                                + columns
                                + " FROM "
                                + scylla.keyspace()
                                + "."
                                + type.table()
                                + "_interactions_"
                                + table
                                + " WHERE user_id = ?",
                        user)
                .one();
    }

    static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        cql.close();
    }
}
