package io.dhara.stores.scylla;

import io.dhara.stores.Endpoint;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * One connection to a Scylla or Cassandra cluster.
 *
 * @param contactPoints nodes to ask first; at least one
 * @param datacenter the local one: only its nodes are asked
 * @param keyspace where the tables are
 * @param username empty for no authentication
 * @param password never logged
 * @param consistency of reads and writes, for example {@code LOCAL_QUORUM}
 * @param requestTimeout of a write or of preparing a statement; a read has its own deadline
 * @param connectTimeout of one connection attempt
 * @param reconnectDelay longest pause between attempts to reach a node that is down
 * @param connectionsPerNode on Scylla rounded up to one per shard by the driver
 * @param ioThreads event loops of the session
 * @param maxInFlight requests on their way at once; more wait in a queue
 * @param maxQueued requests waiting at once; more are refused
 * @param batchBytes writes of several groups of one key share a batch up to this size; Cassandra
 *     warns above 5 KiB and refuses above 50 KiB, Scylla warns above 128 KiB
 */
public record ScyllaConfig(
        List<Endpoint> contactPoints,
        String datacenter,
        String keyspace,
        String username,
        String password,
        String consistency,
        Duration requestTimeout,
        Duration connectTimeout,
        Duration reconnectDelay,
        int connectionsPerNode,
        int ioThreads,
        int maxInFlight,
        int maxQueued,
        int batchBytes)
        implements Serializable {

    static final Set<String> CONSISTENCIES =
            Set.of("ONE", "TWO", "THREE", "QUORUM", "ALL", "LOCAL_QUORUM", "LOCAL_ONE");

    public ScyllaConfig {
        contactPoints = List.copyOf(contactPoints);
        if (contactPoints.isEmpty()) {
            throw new IllegalArgumentException("contact-points of a Scylla connection is empty");
        }
        if (!CONSISTENCIES.contains(consistency)) {
            throw new IllegalArgumentException(
                    "consistency must be one of " + CONSISTENCIES + ": got " + consistency);
        }
        requirePositive("request-timeout", requestTimeout);
        requirePositive("connect-timeout", connectTimeout);
        requirePositive("reconnect-delay", reconnectDelay);
        requirePositive("connections-per-node", connectionsPerNode);
        requirePositive("io-threads", ioThreads);
        requirePositive("max-in-flight", maxInFlight);
        requirePositive("max-queued", maxQueued);
        requirePositive("batch-bytes", batchBytes);
    }

    /** With the defaults of everything else. */
    public static ScyllaConfig of(
            List<Endpoint> contactPoints, String datacenter, String keyspace) {
        return new ScyllaConfig(
                contactPoints,
                datacenter,
                keyspace,
                "",
                "",
                "LOCAL_QUORUM",
                Duration.ofSeconds(5),
                Duration.ofSeconds(2),
                Duration.ofSeconds(1),
                1,
                2,
                1024,
                16_384,
                4096);
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be positive: got " + value);
        }
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be positive: got " + value);
        }
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "scylla " + contactPoints + " dc " + datacenter + " keyspace " + keyspace;
    }
}
