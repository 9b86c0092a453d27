package io.dhara.stores.write.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.embedded.EmbeddedRedis;
import io.dhara.stores.Endpoint;
import io.dhara.stores.redis.RedisConfig;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import redis.clients.jedis.Jedis;
import redis.embedded.core.ExecutableProvider;

/** A real sentinel that watches a master with a replica, all in processes of their own. */
final class EmbeddedSentinel implements AutoCloseable {
    private static final String MASTER = "features";
    private static final Duration STARTS_WITHIN = Duration.ofSeconds(30);

    private final EmbeddedRedis master;
    private final EmbeddedRedis replica;
    private final int port;
    private final Process sentinel;

    private EmbeddedSentinel(
            EmbeddedRedis master, EmbeddedRedis replica, int port, Process sentinel) {
        this.master = master;
        this.replica = replica;
        this.port = port;
        this.sentinel = sentinel;
    }

    /** Starts all three; the sentinel knows the replica when this returns. */
    static EmbeddedSentinel start(Path dir) throws IOException, InterruptedException {
        EmbeddedRedis master = EmbeddedRedis.start(dir.resolve("master"));
        EmbeddedRedis replica =
                EmbeddedRedis.start(
                        dir.resolve("replica"),
                        List.of("--replicaof", "127.0.0.1", Integer.toString(master.port())));
        awaitReplica(master);
        int port = freePort();
        EmbeddedSentinel all =
                new EmbeddedSentinel(
                        master, replica, port, startSentinel(dir, port, master.port()));
        all.awaitSentinel();
        return all;
    }

    EmbeddedRedis master() {
        return master;
    }

    EmbeddedRedis replica() {
        return replica;
    }

    RedisConfig config() {
        return RedisConfig.of(
                RedisConfig.Mode.SENTINEL, List.of(new Endpoint("127.0.0.1", port)), MASTER);
    }

    private static void awaitReplica(EmbeddedRedis master) {
        Awaitility.await()
                .atMost(STARTS_WITHIN)
                .until(
                        () -> {
                            try (Jedis admin = new Jedis("127.0.0.1", master.port())) {
                                return admin.info("replication").contains("state=online");
                            }
                        });
    }

    private void awaitSentinel() {
        Awaitility.await()
                .atMost(STARTS_WITHIN)
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

    @Override
    public void close() throws IOException, InterruptedException {
        sentinel.getOutputStream().close();
        assertThat(sentinel.waitFor(20, TimeUnit.SECONDS)).isTrue();
        replica.close();
        master.close();
    }
}
