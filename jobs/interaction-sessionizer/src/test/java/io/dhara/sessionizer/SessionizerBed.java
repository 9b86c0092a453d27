package io.dhara.sessionizer;

import com.google.protobuf.InvalidProtocolBufferException;
import io.dhara.core.config.Settings;
import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionType;
import io.dhara.core.interaction.InteractionWindow;
import io.dhara.embedded.EmbeddedCassandra;
import io.dhara.embedded.EmbeddedKafka;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.flink.testkit.Topics;
import io.dhara.proto.v1.InteractionEvent;
import io.dhara.proto.v1.SessionRecord;
import io.dhara.stores.interaction.ColdTierReader;
import io.dhara.stores.interaction.HotAnswer;
import io.dhara.stores.interaction.HotTierReader;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.redis.RedisHotTierReader;
import io.dhara.stores.scylla.ScyllaColdTierReader;
import io.dhara.stores.write.scylla.InteractionTables;
import io.dhara.stores.write.scylla.InteractionTablesConfig;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** The surroundings of one job on real servers: topics, keyspace and users of its own. */
final class SessionizerBed implements AutoCloseable {
    private static final int PARTITIONS = 3;
    private static final Duration READ_WITHIN = Duration.ofSeconds(10);
    private static final int READ_LIMIT = 10_000;

    /**
     * Where the job finds its tiers and its broker. The Redis is no other job's: it has a beacon.
     */
    record Servers(EmbeddedKafka kafka, EmbeddedRedis redis, EmbeddedCassandra cassandra) {}

    private final Servers servers;
    private final String name = "t" + UUID.randomUUID().toString().substring(0, 8);
    private final InteractionSessionizerConfig config;
    private final KafkaProducer<byte[], byte[]> producer;
    private final HotTierReader hot;
    private final ColdTierReader cold;

    /**
     * @param own settings that win over those of the bed
     */
    SessionizerBed(Servers servers, Map<String, String> own) {
        this.servers = servers;
        Map<String, String> settings = settings(servers, name);
        settings.putAll(own);
        Settings read = Settings.parse(settings);
        this.config = InteractionSessionizerConfig.from(read);
        read.finish();
        for (EventSource source : config.sources()) {
            servers.kafka().createTopic(source.topic(), PARTITIONS);
        }
        servers.kafka().createTopic(config.topics().deadLetters(), 1);
        servers.kafka().createTopic(config.topics().sessions(), 1);
        new InteractionTables(
                        config.stores().cold(),
                        new InteractionTablesConfig(
                                Map.of(EmbeddedCassandra.DATACENTER, 1),
                                InteractionTablesConfig.Compaction.LEVELED,
                                Duration.ofDays(1)),
                        config.rules().types(),
                        config.cold().slots())
                .create(Duration.ofSeconds(60));
        this.producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", servers.kafka().bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
        Clock clock = Clock.systemUTC();
        this.hot =
                RedisHotTierReader.open(
                        config.stores().hot(), config.hot(), config.rules().types(), clock);
        this.cold =
                ScyllaColdTierReader.open(
                        config.stores().cold(), config.cold(), config.rules().types(), clock);
    }

    private static Map<String, String> settings(Servers servers, String name) {
        Map<String, String> settings = new HashMap<>();
        settings.put("kafka.bootstrap-servers", servers.kafka().bootstrapServers());
        settings.put("kafka.group-id", name);
        settings.put("kafka.topics.dead-letters", name + ".dlq");
        settings.put("kafka.topics.sessions", name + ".sessions");
        for (EventSource source : EventSource.DEFAULT) {
            settings.put(
                    "interactions.sources." + source.name() + ".topic", name + "." + source.name());
        }
        settings.put("interactions.lateness", "200 ms");
        settings.put("interactions.idle-after", "1 s");
        settings.put("interactions.clock-tick", "200 ms");
        settings.put("interactions.tiers.request-timeout", "3 s");
        settings.put("interactions.tiers.retry-max", "500 ms");
        settings.put("stores.scylla.1.contact-points", servers.cassandra().address());
        settings.put("stores.scylla.1.datacenter", EmbeddedCassandra.DATACENTER);
        settings.put("stores.scylla.1.keyspace", name);
        settings.put("stores.scylla.1.request-timeout", "2 s");
        settings.put("stores.redis.2.hosts", servers.redis().address());
        settings.put("stores.redis.2.request-timeout", "2 s");
        return settings;
    }

    InteractionSessionizerConfig config() {
        return config;
    }

    /** A user of this bed. */
    String user(String suffix) {
        return name + suffix;
    }

    void send(String source, String key, byte @Nullable [] value) {
        String topic = name + "." + source;
        producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value));
    }

    void send(String source, String key, String json) {
        send(source, key, json.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends an event to source {@code events}. */
    void send(InteractionEvent event) {
        send("events", event.getUserId(), event.toByteArray());
    }

    /** Waits until the broker has all that was sent. */
    void flush() {
        producer.flush();
    }

    /** What the cold tier holds of a user's type, newest first. */
    List<Interaction> cold(String userId, String type) {
        return within(cold.read(userId, query(type), deadline())).get(0).interactions();
    }

    /** What the hot tier says of a user's type. */
    HotAnswer hot(String userId, String type) {
        return within(hot.read(userId, query(type), deadline()));
    }

    private InteractionQuery query(String type) {
        InteractionType known = config.rules().types().byName(type).orElseThrow();
        long now = System.currentTimeMillis();
        return new InteractionQuery(
                List.of(known),
                InteractionWindow.oldestMillis(now),
                InteractionWindow.newestMillis(now),
                READ_LIMIT);
    }

    private static Instant deadline() {
        return Instant.now().plus(READ_WITHIN);
    }

    private static <T> T within(CompletionStage<T> answer) {
        return answer.toCompletableFuture()
                .orTimeout(READ_WITHIN.toSeconds() + 5, TimeUnit.SECONDS)
                .join();
    }

    /** Closed sessions of a user, as they were published. */
    List<SessionRecord> sessions(String userId) {
        List<SessionRecord> found = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records(config.topics().sessions())) {
            SessionRecord session = parse(record.value());
            if (session.getUserId().equals(userId)) {
                found.add(session);
            }
        }
        return found;
    }

    private static SessionRecord parse(byte[] value) {
        try {
            return SessionRecord.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the session topic holds something else", e);
        }
    }

    List<ConsumerRecord<byte[], byte[]>> deadLetters() {
        return records(config.topics().deadLetters());
    }

    private List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        return Topics.records(servers.kafka().bootstrapServers(), topic);
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        hot.close();
        cold.close();
    }
}
