package io.dhara.stores.redis;

import static io.dhara.core.config.Bounds.requirePositive;

import io.dhara.core.config.Settings;
import io.dhara.stores.Endpoint;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * One connection to Redis, Valkey or Dragonfly.
 *
 * @param mode what the hosts are
 * @param hosts the one server (STANDALONE), the sentinels (SENTINEL) or some nodes (CLUSTER)
 * @param masterName name of the master that the sentinels watch; empty in the other modes
 * @param username empty for the default user
 * @param password empty for none; never logged
 * @param database number of the database; 0 in a cluster
 * @param tls encrypt, and check the certificate and host name against the JVM's trust store
 * @param connectTimeout of one connection attempt
 * @param requestTimeout of one answer, for writers; a read has its own deadline
 * @param ioThreads event loops of the reader
 * @param maxQueuedReads reads on their way at once over the reader's connection; more are refused
 * @param pipelineKeys keys that a writer sends before it waits for the answers
 * @param maxQueuedWrites calls of {@code write} waiting for the writer's thread; more come back as
 *     RETRY
 */
public record RedisConfig(
        Mode mode,
        List<Endpoint> hosts,
        String masterName,
        String username,
        String password,
        int database,
        boolean tls,
        Duration connectTimeout,
        Duration requestTimeout,
        int ioThreads,
        int maxQueuedReads,
        int pipelineKeys,
        int maxQueuedWrites)
        implements Serializable {

    private static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofSeconds(5);
    private static final int DEFAULT_IO_THREADS = 2;
    private static final int DEFAULT_MAX_QUEUED_READS = 16_384;
    private static final int DEFAULT_PIPELINE_KEYS = 512;
    private static final int DEFAULT_MAX_QUEUED_WRITES = 16;

    /** What the hosts are. */
    public enum Mode {
        STANDALONE,
        SENTINEL,
        CLUSTER
    }

    public RedisConfig {
        hosts = List.copyOf(hosts);
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException("hosts of a Redis connection is empty");
        }
        if (mode == Mode.STANDALONE && hosts.size() != 1) {
            throw new IllegalArgumentException(
                    "hosts of a standalone Redis must be one: got "
                            + hosts
                            + "; for several use mode sentinel or cluster");
        }
        if ((mode == Mode.SENTINEL) == masterName.isEmpty()) {
            throw new IllegalArgumentException(
                    "master-name is needed in mode sentinel and only there: mode is "
                            + mode
                            + ", master-name \""
                            + masterName
                            + "\"");
        }
        if (database < 0 || (mode == Mode.CLUSTER && database != 0)) {
            throw new IllegalArgumentException(
                    "database must be 0 in a cluster and not negative elsewhere: got " + database);
        }
        requirePositive("connect-timeout", connectTimeout);
        requirePositive("request-timeout", requestTimeout);
        requirePositive("io-threads", ioThreads);
        requirePositive("max-queued-reads", maxQueuedReads);
        requirePositive("pipeline-keys", pipelineKeys);
        requirePositive("max-queued-writes", maxQueuedWrites);
    }

    /**
     * Reads the settings {@code <prefix>.hosts} and so on.
     *
     * @throws IllegalArgumentException naming the first wrong value that the settings could not see
     */
    public static RedisConfig from(Settings settings, String prefix) {
        String p = prefix + ".";
        return new RedisConfig(
                settings.choice(p + "mode", Mode.STANDALONE),
                Endpoint.from(settings, p + "hosts"),
                settings.string(p + "master-name", ""),
                settings.string(p + "username", ""),
                settings.secret(p + "password", ""),
                settings.integer(p + "database", 0),
                settings.bool(p + "tls", false),
                settings.positiveDuration(p + "connect-timeout", DEFAULT_CONNECT_TIMEOUT),
                settings.positiveDuration(p + "request-timeout", DEFAULT_REQUEST_TIMEOUT),
                settings.integer(p + "io-threads", DEFAULT_IO_THREADS),
                settings.integer(p + "max-queued-reads", DEFAULT_MAX_QUEUED_READS),
                settings.integer(p + "pipeline-keys", DEFAULT_PIPELINE_KEYS),
                settings.integer(p + "max-queued-writes", DEFAULT_MAX_QUEUED_WRITES));
    }

    /** One server without password or TLS, and the defaults of everything else. */
    public static RedisConfig standalone(Endpoint host) {
        return of(Mode.STANDALONE, List.of(host), "");
    }

    /** Without password or TLS, and the defaults of everything else. */
    public static RedisConfig of(Mode mode, List<Endpoint> hosts, String masterName) {
        return new RedisConfig(
                mode,
                hosts,
                masterName,
                "",
                "",
                0,
                false,
                DEFAULT_CONNECT_TIMEOUT,
                DEFAULT_REQUEST_TIMEOUT,
                DEFAULT_IO_THREADS,
                DEFAULT_MAX_QUEUED_READS,
                DEFAULT_PIPELINE_KEYS,
                DEFAULT_MAX_QUEUED_WRITES);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "redis " + mode + " " + hosts + (tls ? " tls" : "");
    }
}
