package io.dhara.stores.scylla;

import static io.dhara.core.config.Bounds.requirePositive;

import io.dhara.core.config.Settings;
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
 * @param tls encrypt, and check the certificate and host name against the JVM's trust store
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
        boolean tls,
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

    private static final String DEFAULT_CONSISTENCY = "LOCAL_QUORUM";
    private static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration DEFAULT_RECONNECT_DELAY = Duration.ofSeconds(1);
    private static final int DEFAULT_CONNECTIONS_PER_NODE = 1;
    private static final int DEFAULT_IO_THREADS = 2;
    private static final int DEFAULT_MAX_IN_FLIGHT = 1024;
    private static final int DEFAULT_MAX_QUEUED = 16_384;
    private static final int DEFAULT_BATCH_BYTES = 4096;

    private static final Set<String> CONSISTENCIES =
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

    /**
     * Reads the settings {@code <prefix>.contact-points} and so on.
     *
     * @throws IllegalArgumentException naming the first wrong value that the settings could not see
     */
    public static ScyllaConfig from(Settings settings, String prefix) {
        String p = prefix + ".";
        return new ScyllaConfig(
                Endpoint.from(settings, p + "contact-points"),
                settings.required(p + "datacenter"),
                settings.required(p + "keyspace"),
                settings.string(p + "username", ""),
                settings.secret(p + "password", ""),
                settings.bool(p + "tls", false),
                settings.string(p + "consistency", DEFAULT_CONSISTENCY),
                settings.positiveDuration(p + "request-timeout", DEFAULT_REQUEST_TIMEOUT),
                settings.positiveDuration(p + "connect-timeout", DEFAULT_CONNECT_TIMEOUT),
                settings.positiveDuration(p + "reconnect-delay", DEFAULT_RECONNECT_DELAY),
                settings.integer(p + "connections-per-node", DEFAULT_CONNECTIONS_PER_NODE),
                settings.integer(p + "io-threads", DEFAULT_IO_THREADS),
                settings.integer(p + "max-in-flight", DEFAULT_MAX_IN_FLIGHT),
                settings.integer(p + "max-queued", DEFAULT_MAX_QUEUED),
                (int)
                        Math.min(
                                Integer.MAX_VALUE,
                                settings.size(p + "batch-bytes", DEFAULT_BATCH_BYTES)));
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
                false,
                DEFAULT_CONSISTENCY,
                DEFAULT_REQUEST_TIMEOUT,
                DEFAULT_CONNECT_TIMEOUT,
                DEFAULT_RECONNECT_DELAY,
                DEFAULT_CONNECTIONS_PER_NODE,
                DEFAULT_IO_THREADS,
                DEFAULT_MAX_IN_FLIGHT,
                DEFAULT_MAX_QUEUED,
                DEFAULT_BATCH_BYTES);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "scylla " + contactPoints + " dc " + datacenter + " keyspace " + keyspace;
    }
}
