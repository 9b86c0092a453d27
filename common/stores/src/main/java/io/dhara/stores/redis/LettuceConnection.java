package io.dhara.stores.redis;

import io.dhara.stores.Endpoint;
import io.dhara.stores.Reopening;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One multiplexed, asynchronous connection (one per node in a cluster) which is opened in the
 * background and found again by itself. While a single server is away commands fail at once; in a
 * cluster, where a node is connected to at its first command, they wait, bounded in number and by
 * their deadlines. Thread-safe.
 */
final class LettuceConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LettuceConnection.class);
    private static final Duration FIRST_RECONNECT_DELAY = Duration.ofMillis(20);
    private static final Duration LAST_RECONNECT_DELAY = Duration.ofSeconds(1);
    private static final Duration TOPOLOGY_REFRESH = Duration.ofSeconds(30);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
    private static final int LEAST_COMPUTATION_THREADS = 2;

    private final RedisConfig config;
    private final ClientResources resources;
    private final AbstractRedisClient client;
    private final Reopening<StatefulConnection<byte[], byte[]>> connection;

    private LettuceConnection(RedisConfig config) {
        this.config = config;
        this.resources =
                DefaultClientResources.builder()
                        .ioThreadPoolSize(config.ioThreads())
                        .computationThreadPoolSize(LEAST_COMPUTATION_THREADS)
                        .reconnectDelay(
                                () ->
                                        Delay.exponential(
                                                FIRST_RECONNECT_DELAY,
                                                LAST_RECONNECT_DELAY,
                                                2,
                                                TimeUnit.MILLISECONDS))
                        .build();
        if (config.mode() == RedisConfig.Mode.CLUSTER) {
            RedisClusterClient cluster = clusterClient(config, resources);
            this.client = cluster;
            this.connection =
                    new Reopening<>(
                            LAST_RECONNECT_DELAY,
                            () ->
                                    logged(
                                            cluster.refreshPartitionsAsync()
                                                    .thenCompose(
                                                            known ->
                                                                    cluster.connectAsync(
                                                                            ByteArrayCodec
                                                                                    .INSTANCE))));
        } else {
            RedisClient single = singleClient(config, resources);
            RedisURI uri = uri(config);
            this.client = single;
            this.connection =
                    new Reopening<>(
                            LAST_RECONNECT_DELAY,
                            () -> logged(single.connectAsync(ByteArrayCodec.INSTANCE, uri)));
        }
    }

    /** Starts to connect and returns at once. */
    static LettuceConnection open(RedisConfig config) {
        return new LettuceConnection(config);
    }

    /** Commands of the open connection; fails when it could not be opened within this wait. */
    CompletableFuture<RedisClusterAsyncCommands<byte[], byte[]>> commands(Duration wait) {
        return connection.get(wait).thenApply(LettuceConnection::commands);
    }

    private static RedisClusterAsyncCommands<byte[], byte[]> commands(
            StatefulConnection<byte[], byte[]> open) {
        return open instanceof StatefulRedisClusterConnection<byte[], byte[]> cluster
                ? cluster.async()
                : ((StatefulRedisConnection<byte[], byte[]>) open).async();
    }

    private CompletableFuture<StatefulConnection<byte[], byte[]>> logged(
            CompletionStage<? extends StatefulConnection<byte[], byte[]>> opening) {
        return opening.<StatefulConnection<byte[], byte[]>>thenApply(open -> open)
                .whenComplete(
                        (open, failure) -> {
                            if (failure != null) {
                                LOG.warn(
                                        "cannot connect to {}: {}",
                                        config,
                                        rootCause(failure).toString());
                            } else {
                                LOG.info("connected to {}", config);
                            }
                        })
                .toCompletableFuture();
    }

    private static Throwable rootCause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static RedisClient singleClient(RedisConfig config, ClientResources resources) {
        RedisClient client = RedisClient.create(resources);
        client.setOptions(
                options(ClientOptions.builder(), config)
                        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                        .build());
        return client;
    }

    private static RedisClusterClient clusterClient(RedisConfig config, ClientResources resources) {
        List<RedisURI> nodes = config.hosts().stream().map(host -> node(config, host)).toList();
        RedisClusterClient client = RedisClusterClient.create(resources, nodes);
        ClusterClientOptions.Builder options = ClusterClientOptions.builder();
        options(options, config);
        client.setOptions(
                options.topologyRefreshOptions(
                                ClusterTopologyRefreshOptions.builder()
                                        .enablePeriodicRefresh(TOPOLOGY_REFRESH)
                                        .build())
                        .build());
        return client;
    }

    private static ClientOptions.Builder options(
            ClientOptions.Builder options, RedisConfig config) {
        return options.requestQueueSize(config.maxQueuedReads())
                .socketOptions(
                        SocketOptions.builder()
                                .connectTimeout(config.connectTimeout())
                                .keepAlive(true)
                                .build());
    }

    private static RedisURI uri(RedisConfig config) {
        if (config.mode() == RedisConfig.Mode.STANDALONE) {
            return node(config, config.hosts().get(0));
        }
        RedisURI.Builder uri =
                RedisURI.builder()
                        .withSentinelMasterId(config.masterName())
                        .withDatabase(config.database())
                        .withSsl(config.tls())
                        .withTimeout(config.requestTimeout());
        config.hosts().forEach(host -> uri.withSentinel(host.host(), host.port()));
        return authenticated(uri, config).build();
    }

    private static RedisURI node(RedisConfig config, Endpoint host) {
        RedisURI.Builder uri =
                RedisURI.builder()
                        .withHost(host.host())
                        .withPort(host.port())
                        .withDatabase(config.database())
                        .withSsl(config.tls())
                        .withTimeout(config.requestTimeout());
        return authenticated(uri, config).build();
    }

    private static RedisURI.Builder authenticated(RedisURI.Builder uri, RedisConfig config) {
        if (!config.username().isEmpty()) {
            return uri.withAuthentication(config.username(), config.password());
        }
        return config.password().isEmpty()
                ? uri
                : uri.withPassword(config.password().toCharArray());
    }

    @Override
    public void close() {
        client.shutdownAsync(0, CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .thenRun(
                        () ->
                                resources.shutdown(
                                        0, CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS))
                .join();
    }
}
