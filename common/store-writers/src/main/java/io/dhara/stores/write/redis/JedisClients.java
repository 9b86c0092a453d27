package io.dhara.stores.write.redis;

import io.dhara.stores.Endpoint;
import io.dhara.stores.redis.RedisConfig;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.RedisSentinelClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.UnifiedJedis;

/** Makes the Jedis client of a configuration. */
final class JedisClients {
    private static final Duration TOPOLOGY_REFRESH = Duration.ofSeconds(30);

    private JedisClients() {}

    /**
     * A client for one thread. In the sentinel and cluster modes this asks the hosts who is who,
     * and so may fail as any command does.
     */
    static UnifiedJedis open(RedisConfig config) {
        JedisClientConfig client = client(config).database(config.database()).build();
        return switch (config.mode()) {
            case STANDALONE ->
                    RedisClient.builder()
                            .hostAndPort(hostAndPort(config.hosts().get(0)))
                            .clientConfig(client)
                            .poolConfig(oneConnection())
                            .build();
            case SENTINEL ->
                    RedisSentinelClient.builder()
                            .masterName(config.masterName())
                            .sentinels(hosts(config.hosts()))
                            .sentinelClientConfig(anonymousClient(config).build())
                            .clientConfig(client)
                            .poolConfig(oneConnection())
                            .build();
            case CLUSTER ->
                    RedisClusterClient.builder()
                            .nodes(hosts(config.hosts()))
                            .clientConfig(client)
                            .poolConfig(oneConnection())
                            .topologyRefreshPeriod(TOPOLOGY_REFRESH)
                            .build();
        };
    }

    private static DefaultJedisClientConfig.Builder client(RedisConfig config) {
        DefaultJedisClientConfig.Builder builder = anonymousClient(config);
        if (!config.username().isEmpty()) {
            builder.user(config.username());
        }
        if (!config.password().isEmpty()) {
            builder.password(config.password());
        }
        return builder;
    }

    /** Also for sentinels, which are asked without the password of the data nodes. */
    private static DefaultJedisClientConfig.Builder anonymousClient(RedisConfig config) {
        DefaultJedisClientConfig.Builder builder =
                DefaultJedisClientConfig.builder()
                        .connectionTimeoutMillis(
                                Math.toIntExact(config.connectTimeout().toMillis()))
                        .socketTimeoutMillis(Math.toIntExact(config.requestTimeout().toMillis()));
        return config.tls() ? builder.sslOptions(SslOptions.defaults()) : builder;
    }

    private static ConnectionPoolConfig oneConnection() {
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxTotal(1);
        pool.setMaxIdle(1);
        return pool;
    }

    private static Set<HostAndPort> hosts(List<Endpoint> hosts) {
        return hosts.stream().map(JedisClients::hostAndPort).collect(Collectors.toSet());
    }

    private static HostAndPort hostAndPort(Endpoint host) {
        return new HostAndPort(host.host(), host.port());
    }
}
