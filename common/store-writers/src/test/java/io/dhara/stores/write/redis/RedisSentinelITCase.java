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
import io.dhara.stores.read.StoredRow;
import io.dhara.stores.redis.RedisConfig;
import io.dhara.stores.write.FeatureStoreWriter;
import io.dhara.stores.write.FeatureStoreWriter.Outcome;
import io.dhara.stores.write.FeatureStoreWriters;
import io.dhara.stores.write.TestSchemas;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.embedded.core.ExecutableProvider;

/** A real sentinel that promotes a replica: writer and reader follow the master. */
final class RedisSentinelITCase {
    private static final String MASTER = "features";
    private static final Duration FOLLOWS_WITHIN = Duration.ofSeconds(60);
    private static final long T1 = 1_760_000_000_000_001L;
    private static final SchemaSnapshot SNAPSHOT =
            TestSchemas.snapshot(
                    StoreConfig.Kind.REDIS, "", Collections.nCopies(1, List.of("seg_0")));

    @Test
    void master_killed_writerAndReaderFollowTheNewOne(@TempDir Path dir) throws Exception {
        EntityKey key = TestSchemas.key("u", "in");
        try (EmbeddedRedis master = EmbeddedRedis.start(dir.resolve("master"));
                EmbeddedRedis replica =
                        EmbeddedRedis.start(
                                dir.resolve("replica"),
                                List.of(
                                        "--replicaof",
                                        "127.0.0.1",
                                        Integer.toString(master.port())))) {
            awaitReplica(master);
            int port = freePort();
            Process sentinel = startSentinel(dir, port, master.port());
            try {
                awaitSentinel(port);
                StoreConnections connections = connections(port);
                try (FeatureStoreWriter writer =
                                FeatureStoreWriters.open(StoreConfig.Kind.REDIS, connections);
                        FeatureStoreReader reader = FeatureStoreReaders.open(connections)) {
                    assertWrittenAndRead(writer, reader, key, 1);
                    master.kill();
                    assertWrittenAndRead(writer, reader, key, 2);
                }
                try (Jedis promoted = new Jedis("127.0.0.1", replica.port())) {
                    assertThat(promoted.role().get(0)).isEqualTo("master");
                }
            } finally {
                sentinel.getOutputStream().close();
                assertThat(sentinel.waitFor(20, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    private static void assertWrittenAndRead(
            FeatureStoreWriter writer, FeatureStoreReader reader, EntityKey key, int value) {
        Awaitility.await()
                .atMost(FOLLOWS_WITHIN)
                .until(() -> write(writer, key, value).equals(Outcome.APPLIED));
        Awaitility.await()
                .atMost(FOLLOWS_WITHIN)
                .until(
                        () -> {
                            StoredRow row = read(reader, key);
                            return row.failure() == null
                                    && Arrays.equals(
                                            row.blocks().get(0).block(),
                                            TestSchemas.block(2, value, 0));
                        });
    }

    private static void awaitReplica(EmbeddedRedis master) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(
                        () -> {
                            try (Jedis admin = new Jedis("127.0.0.1", master.port())) {
                                return admin.info("replication").contains("state=online");
                            }
                        });
    }

    private static void awaitSentinel(int port) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(
                        () -> {
                            try (Jedis admin = new Jedis("127.0.0.1", port)) {
                                return admin.sentinelReplicas(MASTER).size() == 1;
                            }
                        });
    }

    /** It ends when its standard input does, so also with this JVM. */
    private static Process startSentinel(Path dir, int port, int masterPort) throws IOException {
        Path folder = Files.createDirectories(dir.resolve("sentinel"));
        String binary =
                ExecutableProvider.newJarResourceProvider(folder.toFile()).get().getAbsolutePath();
        Path config =
                Files.writeString(
                        folder.resolve("sentinel.conf"),
                        """
                        port %d
                        dir %s
                        sentinel monitor %s 127.0.0.1 %d 1
                        sentinel down-after-milliseconds %s 1000
                        sentinel failover-timeout %s 5000
                        """
                                .formatted(port, folder, MASTER, masterPort, MASTER, MASTER));
        return new ProcessBuilder(
                        "sh",
                        "-c",
                        "\"$@\" </dev/null & p=$!; cat >/dev/null; kill $p; wait $p",
                        "sh",
                        binary,
                        config.toString(),
                        "--sentinel")
                .redirectOutput(folder.resolve("sentinel.log").toFile())
                .redirectErrorStream(true)
                .start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static StoreConnections connections(int sentinelPort) {
        RedisConfig config =
                RedisConfig.of(
                        RedisConfig.Mode.SENTINEL,
                        List.of(new Endpoint("127.0.0.1", sentinelPort)),
                        MASTER);
        return new StoreConnections(Map.of(), Map.of(TestSchemas.CONF_ID, config));
    }

    private static Outcome write(FeatureStoreWriter writer, EntityKey key, int value) {
        return writer.write(SNAPSHOT, List.of(TestSchemas.write(key, 0, T1 + value, value)))
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join()
                .get(0);
    }

    private static StoredRow read(FeatureStoreReader reader, EntityKey key) {
        return reader.read(
                        SNAPSHOT.stores().get(TestSchemas.STORE),
                        SNAPSHOT.entities().get(TestSchemas.ENTITY),
                        List.of(key),
                        TestSchemas.groups(SNAPSHOT),
                        Instant.now().plusSeconds(2))
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join()
                .get(0);
    }
}
