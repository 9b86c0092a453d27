package io.dhara.stores.write.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.EntityKey;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.stores.Endpoint;
import io.dhara.stores.StoreConnections;
import io.dhara.stores.read.FeatureStoreReader;
import io.dhara.stores.read.FeatureStoreReaders;
import io.dhara.stores.read.StoreReadException;
import io.dhara.stores.read.StoredRow;
import io.dhara.stores.redis.RedisConfig;
import io.dhara.stores.write.BlockWrite;
import io.dhara.stores.write.FeatureStoreWriter;
import io.dhara.stores.write.FeatureStoreWriter.Outcome;
import io.dhara.stores.write.FeatureStoreWriter.Result;
import io.dhara.stores.write.FeatureStoreWriters;
import io.dhara.stores.write.TestSchemas;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** What real servers answer when they cannot write now, and a real cluster. */
final class RedisStatesITCase {
    private static final long T1 = 1_760_000_000_000_001L;
    private static final SchemaSnapshot SNAPSHOT =
            TestSchemas.snapshot(
                    StoreConfig.Kind.REDIS, "", Collections.nCopies(2, List.of("seg_0")));

    @Test
    void write_serverThatTakesNoWritesNow_isRetryUntilItDoes(@TempDir Path dir) throws Exception {
        EntityKey key = TestSchemas.key("u", "in");
        try (EmbeddedRedis server = EmbeddedRedis.start(dir);
                Jedis admin = new Jedis("127.0.0.1", server.port());
                FeatureStoreWriter writer = writer(standalone(server, ""))) {
            assertThat(write(writer, key, 1)).isEqualTo(Outcome.APPLIED);

            admin.configSet("maxmemory", "1");
            assertRetry(write(writer, key, 2), "OOM");
            admin.configSet("maxmemory", "0");
            assertThat(write(writer, key, 2)).isEqualTo(Outcome.APPLIED);

            admin.replicaof("127.0.0.1", 1);
            assertRetry(write(writer, key, 3), "READONLY");
            admin.replicaofNoOne();
            assertThat(write(writer, key, 3)).isEqualTo(Outcome.APPLIED);

            admin.configSet("min-replicas-to-write", "1");
            assertRetry(write(writer, key, 4), "NOREPLICAS");
            admin.configSet("min-replicas-to-write", "0");
            assertThat(write(writer, key, 4)).isEqualTo(Outcome.APPLIED);
        }
    }

    @Test
    void write_wrongPassword_isRetryAndReadsFail(@TempDir Path dir) throws Exception {
        EntityKey key = TestSchemas.key("u", "in");
        try (EmbeddedRedis server = EmbeddedRedis.start(dir, List.of("--requirepass", "right"))) {
            try (FeatureStoreWriter writer = writer(standalone(server, "wrong"));
                    FeatureStoreReader reader = reader(standalone(server, "wrong"))) {
                assertRetry(write(writer, key, 1), "WRONGPASS");
                assertThat(read(reader, List.of(key)).get(0).failure().kind())
                        .isEqualTo(StoreReadException.Kind.UNAVAILABLE);
            }
            try (FeatureStoreWriter writer = writer(standalone(server, "right"));
                    FeatureStoreReader reader = reader(standalone(server, "right"))) {
                assertThat(write(writer, key, 1)).isEqualTo(Outcome.APPLIED);
                assertThat(read(reader, List.of(key)).get(0).failure()).isNull();
            }
        }
    }

    @Test
    void cluster_threeNodesAndASlotThatMoves_writesAndReadsEverywhere(@TempDir Path dir)
            throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.start(dir)) {
            RedisConfig config = cluster.config();
            List<EntityKey> keys =
                    IntStream.range(0, 300).mapToObj(i -> TestSchemas.key("u" + i, "in")).toList();
            try (FeatureStoreWriter writer = writer(config);
                    FeatureStoreReader reader = reader(config)) {
                writeAllUntilApplied(writer, keys, 1);
                assertThat(read(reader, keys)).filteredOn(row -> !isStored(row, 1)).isEmpty();

                cluster.moveAllSlots(1, 2);
                writeAllUntilApplied(writer, keys, 2);
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> read(reader, keys).stream().allMatch(row -> isStored(row, 2)));
            }
        }
    }

    private static boolean isStored(StoredRow row, int value) {
        return row.failure() == null
                && java.util.Arrays.equals(
                        row.blocks().get(0).block(), TestSchemas.block(2, value, 0));
    }

    private static void writeAllUntilApplied(
            FeatureStoreWriter writer, List<EntityKey> keys, int value) {
        List<BlockWrite> writes =
                keys.stream().map(key -> TestSchemas.write(key, 0, T1 + value, value)).toList();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> send(writer, writes).stream().allMatch(Outcome.APPLIED::equals));
    }

    private static RedisConfig standalone(EmbeddedRedis server, String password) {
        RedisConfig plain = RedisConfig.standalone(new Endpoint("127.0.0.1", server.port()));
        return new RedisConfig(
                plain.mode(),
                plain.hosts(),
                "",
                "",
                password,
                0,
                false,
                plain.connectTimeout(),
                plain.requestTimeout(),
                plain.ioThreads(),
                plain.maxQueuedReads(),
                plain.pipelineKeys(),
                plain.maxQueuedWrites());
    }

    private static FeatureStoreWriter writer(RedisConfig config) {
        return FeatureStoreWriters.open(StoreConfig.Kind.REDIS, connections(config));
    }

    private static FeatureStoreReader reader(RedisConfig config) {
        return FeatureStoreReaders.open(connections(config));
    }

    private static StoreConnections connections(RedisConfig config) {
        return new StoreConnections(Map.of(), Map.of(TestSchemas.CONF_ID, config));
    }

    private static void assertRetry(Outcome outcome, String because) {
        assertThat(outcome.result()).isEqualTo(Result.RETRY);
        assertThat(outcome.detail()).contains(because);
    }

    private static Outcome write(FeatureStoreWriter writer, EntityKey key, int value) {
        return send(writer, List.of(TestSchemas.write(key, 0, T1 + value, value))).get(0);
    }

    private static List<Outcome> send(FeatureStoreWriter writer, List<BlockWrite> writes) {
        return join(writer.write(SNAPSHOT, writes).toCompletableFuture());
    }

    private static List<StoredRow> read(FeatureStoreReader reader, List<EntityKey> keys) {
        return join(
                reader.read(
                                SNAPSHOT.stores().get(TestSchemas.STORE),
                                SNAPSHOT.entities().get(TestSchemas.ENTITY),
                                keys,
                                TestSchemas.groups(SNAPSHOT),
                                Instant.now().plusSeconds(5))
                        .toCompletableFuture());
    }

    private static <T> T join(CompletableFuture<T> answer) {
        return answer.orTimeout(30, TimeUnit.SECONDS).join();
    }
}
