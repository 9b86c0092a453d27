package io.dhara.benchmarks;

import io.dhara.core.config.Settings;
import io.dhara.embedded.EmbeddedCassandra;
import io.dhara.embedded.EmbeddedKafka;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.sessionizer.InteractionSessionizerConfig;
import io.dhara.stores.write.scylla.InteractionTables;
import io.dhara.stores.write.scylla.InteractionTablesConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import redis.clients.jedis.Jedis;

/** Real servers around a job or serving, in a folder that is gone afterwards. */
final class SessionServers implements AutoCloseable {
    static final int PARTITIONS = 4;
    private static final Duration SCHEMA_TIMEOUT = Duration.ofSeconds(120);
    private static final String SESSIONS = "bench.sessions";
    private static final String DEAD_LETTERS = "bench.dlq";
    private static final String KEYSPACE = "dhara_bench";

    final Path folder;
    final EmbeddedKafka kafka;
    final EmbeddedRedis redis;
    final EmbeddedCassandra cassandra;

    private SessionServers(
            Path folder, EmbeddedKafka kafka, EmbeddedRedis redis, EmbeddedCassandra cassandra) {
        this.folder = folder;
        this.kafka = kafka;
        this.redis = redis;
        this.cassandra = cassandra;
    }

    static SessionServers start() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("dhara-bench");
        // One after another: each that fails ends with this JVM.
        SessionServers servers =
                new SessionServers(
                        folder,
                        EmbeddedKafka.start(folder.resolve("kafka")),
                        EmbeddedRedis.start(folder.resolve("redis")),
                        EmbeddedCassandra.start(folder.resolve("cassandra")));
        servers.kafka.createTopic(SESSIONS, PARTITIONS);
        servers.kafka.createTopic(DEAD_LETTERS, 1);
        servers.createTables();
        return servers;
    }

    private void createTables() {
        InteractionSessionizerConfig config = config(settings("none"));
        InteractionTablesConfig three = InteractionTablesConfig.of(EmbeddedCassandra.DATACENTER);
        new InteractionTables(
                        config.stores().cold(),
                        new InteractionTablesConfig(
                                Map.of(EmbeddedCassandra.DATACENTER, 1),
                                three.compaction(),
                                three.gcGrace()),
                        config.rules().types(),
                        config.cold().slots())
                .create(SCHEMA_TIMEOUT);
    }

    /** The connections of the stores, as every part's settings file has them. */
    Map<String, String> stores() {
        Map<String, String> all = new TreeMap<>();
        all.put("kafka.bootstrap-servers", kafka.bootstrapServers());
        all.put("stores.scylla.1.contact-points", cassandra.address());
        all.put("stores.scylla.1.datacenter", EmbeddedCassandra.DATACENTER);
        all.put("stores.scylla.1.keyspace", KEYSPACE);
        all.put("stores.redis.2.hosts", redis.address());
        return all;
    }

    /** Of a job that reads one topic, with the defaults of a job else. */
    Map<String, String> settings(String topic) {
        Map<String, String> all = stores();
        all.put("kafka.group-id", "bench-" + topic);
        all.put("kafka.topics.dead-letters", DEAD_LETTERS);
        all.put("kafka.topics.sessions", SESSIONS);
        all.put("interactions.sources.clicks.enabled", "false");
        all.put("interactions.sources.orders.enabled", "false");
        all.put("interactions.sources.events.topic", topic);
        return all;
    }

    static InteractionSessionizerConfig config(Map<String, String> given) {
        Settings settings = Settings.parse(given);
        InteractionSessionizerConfig config = InteractionSessionizerConfig.from(settings);
        settings.finish();
        return config;
    }

    /** Writes settings as a person would. */
    Path write(String name, Map<String, String> settings) throws IOException {
        return SettingsFile.write(folder, name, settings);
    }

    /** Forgets all that the hot tier holds; no job may be running. */
    void emptyHotTier() {
        try (Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
            jedis.flushAll();
        }
    }

    @Override
    public void close() {
        try (kafka;
                redis;
                cassandra) {
            // each is closed here, the last one first
        } finally {
            Folders.delete(folder);
        }
    }
}
