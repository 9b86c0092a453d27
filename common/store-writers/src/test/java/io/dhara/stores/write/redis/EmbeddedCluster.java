package io.dhara.stores.write.redis;

import io.dhara.embedded.EmbeddedRedis;
import io.dhara.stores.Endpoint;
import io.dhara.stores.redis.RedisConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.util.JedisClusterCRC16;

/** A real cluster of three primaries without replicas, a third of the slots each. */
final class EmbeddedCluster implements AutoCloseable {
    private static final int SLOTS = Protocol.CLUSTER_HASHSLOTS;
    private static final int NODES = 3;
    private static final Duration FORMS_WITHIN = Duration.ofSeconds(60);

    private final List<EmbeddedRedis> nodes = new ArrayList<>();

    private EmbeddedCluster() {}

    static EmbeddedCluster start(Path dir) throws IOException, InterruptedException {
        EmbeddedCluster cluster = new EmbeddedCluster();
        try {
            for (int i = 0; i < NODES; i++) {
                cluster.nodes.add(
                        EmbeddedRedis.start(
                                dir.resolve("n" + i), List.of("--cluster-enabled", "yes")));
            }
            cluster.form();
            return cluster;
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    RedisConfig config() {
        return RedisConfig.of(
                RedisConfig.Mode.CLUSTER,
                List.of(new Endpoint("127.0.0.1", nodes.get(0).port())),
                "");
    }

    EmbeddedRedis node(int number) {
        return nodes.get(number);
    }

    Jedis admin(int number) {
        return new Jedis("127.0.0.1", nodes.get(number).port());
    }

    /** Number of the node that has a key's slot at the beginning. */
    static int nodeOf(String key) {
        return JedisClusterCRC16.getSlot(key) * NODES / SLOTS;
    }

    private void form() {
        for (int n = 0; n < NODES; n++) {
            try (Jedis admin = admin(n)) {
                int from = firstSlot(n);
                admin.clusterAddSlots(IntStream.range(from, firstSlot(n + 1)).toArray());
                admin.clusterMeet("127.0.0.1", nodes.get(0).port());
            }
        }
        awaitFormed();
    }

    /** First slot s with s * NODES / SLOTS = node. */
    private static int firstSlot(int node) {
        return (node * SLOTS + NODES - 1) / NODES;
    }

    /** Waits until all nodes say that the cluster works. */
    void awaitFormed() {
        for (int n = 0; n < NODES; n++) {
            int node = n;
            Awaitility.await()
                    .atMost(FORMS_WITHIN)
                    .until(
                            () -> {
                                try (Jedis admin = admin(node)) {
                                    String info = admin.clusterInfo();
                                    return info.contains("cluster_state:ok")
                                            && info.contains("cluster_known_nodes:" + NODES);
                                }
                            });
        }
    }

    /**
     * Gives the slots of a node to another; the keys in them are lost, as after a failover. The new
     * owner's claim needs the greatest config epoch: without it, nodes that were not told keep
     * believing the old owner, for ever.
     */
    void moveAllSlots(int from, int to) {
        try (Jedis source = admin(from);
                Jedis target = admin(to)) {
            String targetId = target.clusterMyId();
            source.flushAll();
            target.sendCommand(Protocol.Command.CLUSTER, "BUMPEPOCH");
            for (int slot = firstSlot(from); slot < firstSlot(from + 1); slot++) {
                target.clusterSetSlotNode(slot, targetId);
                source.clusterSetSlotNode(slot, targetId);
            }
        }
    }

    @Override
    public void close() {
        nodes.forEach(EmbeddedRedis::close);
    }
}
