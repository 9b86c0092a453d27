package io.dhara.stores.scylla;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.ssl.ProgrammaticSslEngineFactory;
import com.datastax.oss.driver.api.core.tracker.RequestTracker;
import com.datastax.oss.driver.internal.core.connection.ExponentialReconnectionPolicy;
import com.datastax.oss.driver.internal.core.session.throttling.ConcurrencyLimitingRequestThrottler;
import io.dhara.stores.Reopening;
import java.net.InetSocketAddress;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session that is opened in the background and found again by itself: opening does not need the
 * cluster to be up, and nodes that went away are retried for ever, at most {@code reconnect-delay}
 * apart. Thread-safe.
 */
public final class ScyllaConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScyllaConnection.class);
    private static final Duration FIRST_RECONNECT_DELAY = Duration.ofMillis(100);
    private static final Duration SCHEMA_CHANGE_WINDOW = Duration.ofMillis(100);

    /** How exactly a deadline is kept; the driver's own default is 100 ms. */
    private static final Duration DEADLINE_RESOLUTION = Duration.ofMillis(5);

    private final ScyllaConfig config;
    private final @Nullable RequestTracker tracker;
    private final Reopening<CqlSession> session;

    private ScyllaConnection(ScyllaConfig config, @Nullable RequestTracker tracker) {
        this.config = config;
        this.tracker = tracker;
        this.session = new Reopening<>(config.reconnectDelay(), this::connect);
    }

    /** Starts to connect and returns at once. */
    public static ScyllaConnection open(ScyllaConfig config) {
        return new ScyllaConnection(config, null);
    }

    /** As {@link #open(ScyllaConfig)}, with one who is told of every request. */
    public static ScyllaConnection open(ScyllaConfig config, RequestTracker tracker) {
        return new ScyllaConnection(config, tracker);
    }

    public ScyllaConfig config() {
        return config;
    }

    /**
     * The session, or the session to come while no node has answered yet. Fails when the wait is
     * over, or for a reason that the driver does not retry by itself (a refused login, say); a
     * later call then tries again.
     */
    public CompletableFuture<CqlSession> session(Duration wait) {
        return session.get(wait);
    }

    private CompletableFuture<CqlSession> connect() {
        ClassLoader loader = ScyllaConnection.class.getClassLoader();
        CqlSessionBuilder builder =
                CqlSession.builder()
                        .withClassLoader(loader)
                        .withConfigLoader(driverConfig(config, loader))
                        .withLocalDatacenter(config.datacenter())
                        .addContactPoints(
                                config.contactPoints().stream()
                                        .map(
                                                e ->
                                                        InetSocketAddress.createUnresolved(
                                                                e.host(), e.port()))
                                        .toList());
        if (tracker != null) {
            builder.addRequestTracker(tracker);
        }
        if (!config.username().isEmpty()) {
            builder.withAuthCredentials(config.username(), config.password());
        }
        if (config.tls()) {
            try {
                builder.withSslEngineFactory(
                        new ProgrammaticSslEngineFactory(SSLContext.getDefault(), null, true));
            } catch (NoSuchAlgorithmException e) {
                return CompletableFuture.failedFuture(e);
            }
        }
        CompletableFuture<CqlSession> session = builder.buildAsync().toCompletableFuture();
        session.whenComplete(
                (opened, failure) -> {
                    if (failure != null) {
                        LOG.warn("cannot connect to {}: {}", config, failure.toString());
                    } else {
                        LOG.info("connected to {}", config);
                    }
                });
        return session;
    }

    private static DriverConfigLoader driverConfig(ScyllaConfig config, ClassLoader loader) {
        Duration firstDelay =
                config.reconnectDelay().compareTo(FIRST_RECONNECT_DELAY) < 0
                        ? config.reconnectDelay()
                        : FIRST_RECONNECT_DELAY;
        return DriverConfigLoader.programmaticBuilder(loader)
                .withBoolean(DefaultDriverOption.RECONNECT_ON_INIT, true)
                .withBoolean(DefaultDriverOption.CONTROL_CONNECTION_RECONNECT_CONTACT_POINTS, true)
                .withClass(
                        DefaultDriverOption.RECONNECTION_POLICY_CLASS,
                        ExponentialReconnectionPolicy.class)
                .withDuration(DefaultDriverOption.RECONNECTION_BASE_DELAY, firstDelay)
                .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, config.reconnectDelay())
                .withDuration(
                        DefaultDriverOption.CONNECTION_CONNECT_TIMEOUT, config.connectTimeout())
                .withDuration(
                        DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, config.requestTimeout())
                .withDuration(
                        DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT, config.requestTimeout())
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, config.requestTimeout())
                .withString(DefaultDriverOption.REQUEST_CONSISTENCY, config.consistency())
                // Reads and writes with a given timestamp may be sent twice.
                .withBoolean(DefaultDriverOption.REQUEST_DEFAULT_IDEMPOTENCE, true)
                .withClass(
                        DefaultDriverOption.REQUEST_THROTTLER_CLASS,
                        ConcurrencyLimitingRequestThrottler.class)
                .withInt(
                        DefaultDriverOption.REQUEST_THROTTLER_MAX_CONCURRENT_REQUESTS,
                        config.maxInFlight())
                .withInt(DefaultDriverOption.REQUEST_THROTTLER_MAX_QUEUE_SIZE, config.maxQueued())
                .withInt(DefaultDriverOption.CONNECTION_MAX_REQUESTS, config.maxInFlight())
                .withInt(
                        DefaultDriverOption.CONNECTION_POOL_LOCAL_SIZE, config.connectionsPerNode())
                // The token map routes a request to a replica; it needs this keyspace's metadata.
                .withStringList(
                        DefaultDriverOption.METADATA_SCHEMA_REFRESHED_KEYSPACES,
                        List.of(config.keyspace()))
                .withDuration(DefaultDriverOption.METADATA_SCHEMA_WINDOW, SCHEMA_CHANGE_WINDOW)
                .withBoolean(DefaultDriverOption.SOCKET_KEEP_ALIVE, true)
                .withBoolean(DefaultDriverOption.NETTY_DAEMON, true)
                .withInt(DefaultDriverOption.NETTY_IO_SIZE, config.ioThreads())
                .withInt(DefaultDriverOption.NETTY_ADMIN_SIZE, 1)
                .withDuration(DefaultDriverOption.NETTY_TIMER_TICK_DURATION, DEADLINE_RESOLUTION)
                // Without these, close() waits two seconds for silence.
                .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
                .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
                .build();
    }

    /**
     * Closes the session; one that is still being opened is closed once it is. May be called again:
     * a connection that two share is closed by each.
     */
    @Override
    public void close() {
        session.close(CqlSession::closeAsync).toCompletableFuture().join();
    }
}
