package io.dhara.stores.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.EntityKey;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.embedded.EmbeddedCassandra;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.embedded.ForkedServer;
import io.dhara.stores.Endpoint;
import io.dhara.stores.StoreConnections;
import io.dhara.stores.read.FeatureStoreReader;
import io.dhara.stores.read.FeatureStoreReaders;
import io.dhara.stores.read.StoreReadException;
import io.dhara.stores.read.StoredRow;
import io.dhara.stores.redis.RedisConfig;
import io.dhara.stores.scylla.ScyllaConfig;
import io.dhara.stores.write.FeatureStoreWriter.Outcome;
import io.dhara.stores.write.FeatureStoreWriter.Result;
import io.dhara.stores.write.scylla.ScyllaTables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Stores that are away when a writer or reader is opened, and that are killed under it: writes come
 * back as RETRY, reads as failed rows, and both heal by themselves on the same ports.
 */
final class StoreOutageITCase {
    private static final Duration HEALS_WITHIN = Duration.ofSeconds(60);
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(30);
    private static final Duration READS_WITHIN = Duration.ofSeconds(1);
    private static final long T1 = 1_760_000_000_000_001L;

    @Test
    void redis_awayAtOpenAndKilledLater_healsByItself(@TempDir Path dir) throws Exception {
        try (EmbeddedRedis server = EmbeddedRedis.startPersistent(dir)) {
            Endpoint endpoint = new Endpoint("127.0.0.1", server.port());
            outage(
                    server,
                    TestSchemas.snapshot(
                            StoreConfig.Kind.REDIS, "", Collections.nCopies(2, List.of("seg_0"))),
                    new StoreConnections(
                            Map.of(),
                            Map.of(TestSchemas.CONF_ID, RedisConfig.standalone(endpoint))));
        }
    }

    @Test
    void scylla_awayAtOpenAndKilledLater_healsByItself(@TempDir Path dir) throws Exception {
        SchemaSnapshot snapshot =
                TestSchemas.snapshot(
                        StoreConfig.Kind.SCYLLA,
                        "features",
                        List.of(List.of("seg_0"), List.of("seg_1")));
        try (EmbeddedCassandra server = EmbeddedCassandra.start(dir)) {
            ScyllaConfig config =
                    ScyllaConfig.of(
                            List.of(new Endpoint("127.0.0.1", server.port())),
                            EmbeddedCassandra.DATACENTER,
                            "outage");
            try (ScyllaTables tables = ScyllaTables.open(config, Duration.ofSeconds(60))) {
                tables.createKeyspace(1);
                tables.apply(snapshot, TestSchemas.CONF_ID);
            }
            outage(
                    server,
                    snapshot,
                    new StoreConnections(Map.of(TestSchemas.CONF_ID, config), Map.of()));
        }
    }

    private static void outage(
            ForkedServer server, SchemaSnapshot snapshot, StoreConnections connections) {
        StoreConfig.Kind kind = snapshot.stores().get(TestSchemas.STORE).kind();
        EntityKey key = TestSchemas.key("u", "in");
        server.kill();
        try (FeatureStoreWriter writer = FeatureStoreWriters.open(kind, connections);
                FeatureStoreReader reader = FeatureStoreReaders.open(connections)) {
            assertThat(write(writer, snapshot, TestSchemas.write(key, 0, T1, 1)).result())
                    .isEqualTo(Result.RETRY);
            assertThat(read(reader, snapshot, key).failure()).isNotNull();

            for (int round = 1; round <= 2; round++) {
                BlockWrite write = TestSchemas.write(key, round % 2, T1 + round, round);
                server.start();
                Awaitility.await()
                        .atMost(HEALS_WITHIN)
                        .until(() -> write(writer, snapshot, write).equals(Outcome.APPLIED));
                Awaitility.await()
                        .atMost(HEALS_WITHIN)
                        .until(() -> read(reader, snapshot, key).failure() == null);
                assertThat(read(reader, snapshot, key).blocks().get(round % 2).block())
                        .isEqualTo(write.block());

                assertHangIsSurvived(server, writer, reader, snapshot, key);
                server.kill();
                assertThat(write(writer, snapshot, write).result()).isEqualTo(Result.RETRY);
                assertThat(read(reader, snapshot, key).failure()).isNotNull();
            }
        }
    }

    /** A process that is stopped keeps its connections and answers nothing. */
    private static void assertHangIsSurvived(
            ForkedServer server,
            FeatureStoreWriter writer,
            FeatureStoreReader reader,
            SchemaSnapshot snapshot,
            EntityKey key) {
        signal("-STOP", server.pid());
        try {
            long start = System.nanoTime();
            StoredRow row = read(reader, snapshot, key);
            assertThat(row.failure().kind()).isEqualTo(StoreReadException.Kind.DEADLINE);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(READS_WITHIN, READS_WITHIN.plusMillis(500));
            assertThat(write(writer, snapshot, TestSchemas.write(key, 0, 1, 1)).result())
                    .isEqualTo(Result.RETRY);
        } finally {
            signal("-CONT", server.pid());
        }
        Awaitility.await()
                .atMost(HEALS_WITHIN)
                .until(
                        () ->
                                write(writer, snapshot, TestSchemas.write(key, 0, 1, 1))
                                        .equals(Outcome.APPLIED));
        Awaitility.await()
                .atMost(HEALS_WITHIN)
                .until(() -> read(reader, snapshot, key).failure() == null);
    }

    private static void signal(String signal, long pid) {
        try {
            Process kill = new ProcessBuilder("kill", signal, Long.toString(pid)).start();
            assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(kill.exitValue()).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Outcome write(
            FeatureStoreWriter writer, SchemaSnapshot snapshot, BlockWrite write) {
        return writer.write(snapshot, List.of(write))
                .toCompletableFuture()
                .orTimeout(ANSWERS_WITHIN.toSeconds(), TimeUnit.SECONDS)
                .join()
                .get(0);
    }

    private static StoredRow read(
            FeatureStoreReader reader, SchemaSnapshot snapshot, EntityKey key) {
        return reader.read(
                        snapshot.stores().get(TestSchemas.STORE),
                        snapshot.entities().get(TestSchemas.ENTITY),
                        List.of(key),
                        TestSchemas.groups(snapshot),
                        Instant.now().plus(READS_WITHIN))
                .toCompletableFuture()
                .orTimeout(ANSWERS_WITHIN.toSeconds(), TimeUnit.SECONDS)
                .join()
                .get(0);
    }
}
