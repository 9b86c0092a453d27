package io.dhara.sessionizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.dhara.core.config.Settings;
import io.dhara.core.interaction.Interaction;
import io.dhara.embedded.EmbeddedCassandra;
import io.dhara.embedded.EmbeddedKafka;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.embedded.SharedServers;
import io.dhara.flink.testkit.TestCluster;
import io.dhara.flink.testkit.Topics;
import io.dhara.proto.v1.SessionRecord;
import io.dhara.sessionizer.SessionOracle.Rules;
import io.dhara.sessionizer.event.ReadRecord;
import io.dhara.sessionizer.operator.EventDeserializer;
import io.dhara.stores.interaction.HotTierKeys;
import io.dhara.stores.write.scylla.InteractionTables;
import io.dhara.stores.write.scylla.InteractionTablesConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;

/**
 * The surroundings of one job on real servers: topics of its own, and the tiers. Whoever shares
 * tiers uses other user ids.
 */
final class SessionBed implements AutoCloseable {
    static final int PARTITIONS = 3;
    private static final List<String> SOURCES = List.of("clicks", "orders", "events");
    private static final Duration SCHEMA_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration RUN_WITHIN = Duration.ofSeconds(90);

    /**
     * Where the job finds its tiers and its broker. The Redis is no other job's: it has a beacon.
     */
    record Servers(EmbeddedKafka kafka, EmbeddedRedis redis, EmbeddedCassandra cassandra) {
        static Servers shared(EmbeddedRedis redis) {
            return new Servers(SharedServers.kafka(), redis, SharedServers.cassandra());
        }
    }

    private final Servers servers;
    private final String keyspace;
    private final String name = "t" + UUID.randomUUID().toString().substring(0, 8);
    private final Map<String, String> settings;
    private final InteractionSessionizerConfig config;
    private final EventRecords records;
    private final KafkaProducer<byte[], byte[]> producer;
    private final TierReads tiers;

    private SessionBed(Servers servers, String keyspace, Map<String, String> changed) {
        this.servers = servers;
        this.keyspace = keyspace.isEmpty() ? name : keyspace;
        this.settings = settings(changed);
        Settings given = Settings.parse(settings);
        this.config = InteractionSessionizerConfig.from(given);
        given.finish();
        Map<String, String> topics = new HashMap<>();
        for (EventSource source : config.sources()) {
            servers.kafka().createTopic(source.topic(), PARTITIONS);
            topics.put(source.name(), source.topic());
        }
        servers.kafka().createTopic(config.topics().deadLetters(), 1);
        servers.kafka().createTopic(config.topics().sessions(), PARTITIONS);
        createTables();
        this.records = new EventRecords(topics);
        this.producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", servers.kafka().bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
        this.tiers = new TierReads(config);
    }

    /**
     * Topics and a keyspace of its own.
     *
     * @param changed settings beside or instead of those of {@link #settings()}
     */
    static SessionBed open(Servers servers, Map<String, String> changed) {
        return new SessionBed(servers, "", changed);
    }

    /** Topics of its own, the tiers of this one. */
    SessionBed sibling(Map<String, String> changed) {
        return new SessionBed(servers, keyspace, changed);
    }

    private void createTables() {
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

    private Map<String, String> settings(Map<String, String> changed) {
        Map<String, String> all = new HashMap<>();
        all.put("kafka.bootstrap-servers", servers.kafka().bootstrapServers());
        all.put("kafka.group-id", name);
        all.put("kafka.topics.dead-letters", name + ".dlq");
        all.put("kafka.topics.sessions", name + ".sessions");
        for (String source : SOURCES) {
            all.put("interactions.sources." + source + ".topic", name + "." + source);
        }
        all.put("stores.scylla.1.contact-points", servers.cassandra().address());
        all.put("stores.scylla.1.datacenter", EmbeddedCassandra.DATACENTER);
        all.put("stores.scylla.1.keyspace", keyspace);
        all.put("stores.scylla.1.request-timeout", "2 s");
        all.put("stores.redis.2.hosts", servers.redis().address());
        all.put("stores.redis.2.request-timeout", "2 s");
        all.putAll(changed);
        return all;
    }

    /** Settings of the job, as a person would write them. */
    Map<String, String> settings() {
        return Map.copyOf(settings);
    }

    InteractionSessionizerConfig config() {
        return config;
    }

    Servers servers() {
        return servers;
    }

    TierReads tiers() {
        return tiers;
    }

    Rules rules() {
        return new Rules(
                config.sessionize().rules().gap().toMillis(),
                config.sessionize().rules().cap().toMillis(),
                config.sessionize().rules().maxEvents());
    }

    void send(Interaction event) {
        producer.send(records.of(event));
    }

    /** Sends a record as it is. */
    void send(String source, String key, byte @Nullable [] value) {
        String topic = settings.get("interactions.sources." + source + ".topic");
        producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value));
    }

    /** Waits until the broker has all that was sent. */
    void flush() {
        producer.flush();
    }

    /** Sends in this order and waits until the broker has all of it. */
    void sendAll(Collection<Interaction> events) {
        events.forEach(this::send);
        producer.flush();
    }

    /** One record per source that no event can be read from. */
    void sendUnreadable() {
        config.sources().stream()
                .map(source -> records.unreadable(source.name()))
                .forEach(producer::send);
        producer.flush();
    }

    /** Runs the job from the beginning to the end of what the topics hold now. */
    void runToEnd(TestCluster cluster, int parallelism) throws Exception {
        Map<String, Source<ReadRecord, ?, ?>> sources = new LinkedHashMap<>();
        for (EventSource source : config.sources()) {
            sources.put(
                    source.name(),
                    KafkaSource.<ReadRecord>builder()
                            .setBootstrapServers(config.kafka().bootstrapServers())
                            .setTopics(source.topic())
                            .setStartingOffsets(OffsetsInitializer.earliest())
                            .setBounded(OffsetsInitializer.latest())
                            .setDeserializer(new EventDeserializer(source.format(), config.rules()))
                            .build());
        }
        Endpoints kafka = Endpoints.of(config);
        StreamExecutionEnvironment env = cluster.environment(parallelism);
        InteractionSessionizerJob.build(
                env, config, new Endpoints(sources, kafka.tiers(), kafka.rejected()));
        JobClient job = env.executeAsync(name);
        try {
            job.getJobExecutionResult().get(RUN_WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(cluster.diagnosis(job), e);
        }
    }

    /** Every record of the session topic, repeats included. */
    List<SessionRecord> sessions() {
        List<SessionRecord> sessions = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records(config.topics().sessions())) {
            try {
                sessions.add(SessionRecord.parseFrom(record.value()));
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("not a session record at " + record.offset(), e);
            }
        }
        return sessions;
    }

    /** Everything a topic holds now. */
    List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        return Topics.records(servers.kafka().bootstrapServers(), topic);
    }

    /** Keys of users in Redis. */
    Set<String> hotKeys() {
        try (Jedis jedis = new Jedis("127.0.0.1", servers.redis().port())) {
            Set<String> keys = new TreeSet<>(jedis.keys("*"));
            keys.removeIf(key -> key.startsWith(HotTierKeys.BEACON));
            return keys;
        }
    }

    /** Readers get everything of every user now, and are told so. */
    void assertRead(SessionOracle oracle) {
        Map<String, Map<String, List<Interaction>>> expected = oracle.histories();
        Map<String, Map<String, List<Interaction>>> found = new HashMap<>();
        tiers.readAll(expected.keySet())
                .forEach(
                        (user, answer) -> {
                            assertThat(answer.flagged())
                                    .as("answer of %s is flagged", user)
                                    .isFalse();
                            found.put(user, answer.byType());
                        });
        SessionChecks.assertSame(found, expected);
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        tiers.close();
    }
}
