package io.dhara.stores.write.scylla;

import static io.dhara.stores.write.TestSchemas.block;
import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import io.dhara.core.model.EntityKey;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.embedded.EmbeddedCassandra;
import io.dhara.embedded.SharedServers;
import io.dhara.stores.Endpoint;
import io.dhara.stores.StoreConnections;
import io.dhara.stores.read.FeatureStoreReader;
import io.dhara.stores.read.FeatureStoreReaders;
import io.dhara.stores.read.StoredRow;
import io.dhara.stores.scylla.ScyllaConfig;
import io.dhara.stores.write.BlockWrite;
import io.dhara.stores.write.FeatureStoreWriter;
import io.dhara.stores.write.FeatureStoreWriter.Outcome;
import io.dhara.stores.write.FeatureStoreWriters;
import io.dhara.stores.write.TestSchemas;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Ordered writes and reads beside their limit, the driver's plain prepared statements, in one run:
 * {@code ./mvnw -pl common/store-writers -am verify -Dit.test=ScyllaWriteBenchmark -Dtest=NONE
 * -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false}
 */
final class ScyllaWriteBenchmark {
    private static final int KEYS = 20_000;
    private static final int BATCH = 256;
    private static final int IN_FLIGHT = 512;
    private static final int ROUNDS = 4;
    private static final long T1 = 1_760_000_000_000_000L;

    private final SchemaSnapshot snapshot =
            TestSchemas.snapshot(
                    StoreConfig.Kind.SCYLLA, "bench", List.of(SEGMENTS, List.of("seg_9")));
    private static final List<String> SEGMENTS =
            IntStream.range(0, 7).mapToObj(i -> "seg_" + i).toList();
    private final List<EntityKey> keys =
            IntStream.range(0, KEYS).mapToObj(i -> TestSchemas.key("bench" + i, "in")).toList();
    private final byte[] wide = block(48, 7, 0);
    private final byte[] narrow = block(5, 7, 0);

    @Test
    void throughput() {
        Endpoint server = new Endpoint("127.0.0.1", SharedServers.cassandra().port());
        ScyllaConfig config =
                ScyllaConfig.of(List.of(server), EmbeddedCassandra.DATACENTER, "bench");
        try (ScyllaTables tables = ScyllaTables.open(config, Duration.ofSeconds(60))) {
            tables.createKeyspace(1);
            tables.apply(snapshot, TestSchemas.CONF_ID);
        }
        StoreConnections connections =
                new StoreConnections(Map.of(TestSchemas.CONF_ID, config), Map.of());
        try (CqlSession cql =
                        CqlSession.builder()
                                .addContactPoint(
                                        new InetSocketAddress(server.host(), server.port()))
                                .withLocalDatacenter(EmbeddedCassandra.DATACENTER)
                                .build();
                FeatureStoreWriter writer =
                        FeatureStoreWriters.open(StoreConfig.Kind.SCYLLA, connections);
                FeatureStoreReader reader = FeatureStoreReaders.open(connections)) {
            PreparedStatement insert =
                    cql.prepare("INSERT INTO bench.bench (uid, ctry, seg_9) VALUES (?, 'in', ?)");
            PreparedStatement select =
                    cql.prepare("SELECT seg_9 FROM bench.bench WHERE uid = ? AND ctry = 'in'");
            for (int round = 0; round < ROUNDS; round++) {
                long micros = T1 + round;
                double plainInsert =
                        perSecond(
                                () ->
                                        each(
                                                i ->
                                                        cql.executeAsync(
                                                                        insert.bind(
                                                                                "plain" + i,
                                                                                ByteBuffer.wrap(
                                                                                        narrow)))
                                                                .toCompletableFuture()));
                double one = perSecond(() -> write(writer, 1, narrow, micros));
                double seven = perSecond(() -> write(writer, 0, wide, micros));
                double plainSelect =
                        perSecond(
                                () ->
                                        each(
                                                i ->
                                                        cql.executeAsync(select.bind("plain" + i))
                                                                .toCompletableFuture()));
                double read = perSecond(() -> read(reader));
                System.out.printf(
                        "plain insert %,.0f/s; ordered, 1 segment %,.0f keys/s; 7 segments %,.0f"
                                + " keys/s; plain select %,.0f/s; read of 8 segments in 2 groups,"
                                + " 50 keys a call %,.0f keys/s%n",
                        plainInsert, one, seven, plainSelect, read);
            }
        }
    }

    private static void each(IntFunction<CompletableFuture<?>> request) {
        Semaphore permits = new Semaphore(IN_FLIGHT);
        for (int i = 0; i < KEYS; i++) {
            permits.acquireUninterruptibly();
            request.apply(i).whenComplete((done, failure) -> permits.release());
        }
        permits.acquireUninterruptibly(IN_FLIGHT);
    }

    private void write(FeatureStoreWriter writer, int group, byte[] block, long micros) {
        List<CompletableFuture<List<Outcome>>> answers = new ArrayList<>();
        for (int from = 0; from < KEYS; from += BATCH) {
            List<BlockWrite> writes =
                    keys.subList(from, Math.min(KEYS, from + BATCH)).stream()
                            .map(key -> TestSchemas.write(key, group, micros, 0, block))
                            .toList();
            answers.add(writer.write(snapshot, writes).toCompletableFuture());
            if (answers.size() >= IN_FLIGHT / BATCH) {
                assertThat(answers.remove(0).join()).allMatch(Outcome.APPLIED::equals);
            }
        }
        answers.forEach(answer -> assertThat(answer.join()).allMatch(Outcome.APPLIED::equals));
    }

    private void read(FeatureStoreReader reader) {
        List<CompletableFuture<List<StoredRow>>> answers = new ArrayList<>();
        for (int from = 0; from < KEYS; from += 50) {
            answers.add(
                    reader.read(
                                    snapshot.stores().get(TestSchemas.STORE),
                                    snapshot.entities().get(TestSchemas.ENTITY),
                                    keys.subList(from, from + 50),
                                    TestSchemas.groups(snapshot),
                                    Instant.now().plusSeconds(10))
                            .toCompletableFuture());
            if (answers.size() >= IN_FLIGHT / 50) {
                assertThat(answers.remove(0).join()).allMatch(row -> row.failure() == null);
            }
        }
        answers.forEach(CompletableFuture::join);
    }

    private static double perSecond(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return KEYS / ((System.nanoTime() - start) / 1e9);
    }
}
