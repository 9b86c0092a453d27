package io.dhara.ingest;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import io.dhara.core.model.EntityKey;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.core.registry.YamlSchemas;
import io.dhara.embedded.EmbeddedCassandra;
import io.dhara.embedded.EmbeddedKafka;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.embedded.SharedServers;
import io.dhara.flink.testkit.Topics;
import io.dhara.stores.read.FeatureStoreReader;
import io.dhara.stores.read.FeatureStoreReaders;
import io.dhara.stores.read.StoredBlock;
import io.dhara.stores.read.StoredRow;
import io.dhara.stores.write.scylla.ScyllaTables;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The surroundings of one job on real servers: topics, keyspace, schemas and an entity label of its
 * own. The entity has the groups {@code counts} and {@code words} (two segments) in Cassandra, and
 * {@code score} and {@code flags} in Redis.
 */
public final class IngestBed implements AutoCloseable {
    public static final int PARTITIONS = 3;
    private static final int SCYLLA_CONF_ID = 1;
    private static final int DEAD_LETTER_MAX_BYTES = 4 << 20;
    private static final Duration READ_WITHIN = Duration.ofSeconds(10);

    /** Where the job finds its stores and its broker. */
    public record Servers(EmbeddedKafka kafka, EmbeddedRedis redis, EmbeddedCassandra cassandra) {
        static Servers shared() {
            return new Servers(
                    SharedServers.kafka(), SharedServers.redis(), SharedServers.cassandra());
        }
    }

    private final Servers servers;
    private final Path folder;
    private final String name;
    private final SchemaSnapshot schemas;
    private final FeatureIngestConfig config;
    private final KafkaProducer<byte[], byte[]> producer;
    private final FeatureStoreReader reader;

    private IngestBed(Servers servers, Path folder) throws IOException {
        this.servers = servers;
        this.folder = folder;
        this.name = "t" + UUID.randomUUID().toString().substring(0, 8);
        Path schemaFolder = Files.createDirectory(folder.resolve("schemas-" + name));
        for (String file : List.of("stores.yaml", "entity.yaml")) {
            Files.writeString(schemaFolder.resolve(file), resource(file).replace("@name@", name));
        }
        this.schemas = YamlSchemas.read(name, 1, YamlSchemas.readFolder(schemaFolder));
        this.config = FeatureIngestConfig.from(Settings.parse(settings()));
        createTopics();
        createTables();
        this.producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", servers.kafka().bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
        this.reader = FeatureStoreReaders.open(config.stores());
    }

    public static IngestBed open(Servers servers, Path folder) throws IOException {
        return new IngestBed(servers, folder);
    }

    private static String resource(String file) throws IOException {
        try (InputStream in = IngestBed.class.getResourceAsStream("/bed/" + file)) {
            return new String(requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void createTopics() {
        Map<String, String> large =
                Map.of("max.message.bytes", Integer.toString(DEAD_LETTER_MAX_BYTES));
        servers.kafka().createTopic(config.topics().features(), PARTITIONS, large);
        servers.kafka().createTopic(config.topics().deadLetters(), 1, large);
        servers.kafka().createTopic(config.topics().invalidations(), 1);
    }

    private void createTables() {
        try (ScyllaTables tables =
                ScyllaTables.open(
                        requireNonNull(config.stores().scylla().get(SCYLLA_CONF_ID)),
                        Duration.ofSeconds(30))) {
            tables.createKeyspace(1);
            tables.apply(schemas, SCYLLA_CONF_ID);
        }
    }

    /** Settings of the job, as a person would write them. */
    public Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("kafka.bootstrap-servers", servers.kafka().bootstrapServers());
        settings.put("kafka.group-id", name);
        settings.put("kafka.topics.features", name + ".features");
        settings.put("kafka.topics.dead-letters", name + ".dlq");
        settings.put("kafka.topics.invalidations", name + ".invalidations");
        settings.put("ingest.dead-letter-max-bytes", DEAD_LETTER_MAX_BYTES + " b");
        settings.put("ingest.max-message-bytes", "64 kb");
        settings.put("ingest.flush-interval", "10 ms");
        for (String sink : List.of("ingest.scylla-sink", "ingest.redis-sink")) {
            settings.put(sink + ".request-timeout", "3 s");
            settings.put(sink + ".retry-max", "500 ms");
        }
        settings.put("registry.folder", folder.resolve("schemas-" + name).toString());
        settings.put("stores.scylla.1.contact-points", servers.cassandra().address());
        settings.put("stores.scylla.1.datacenter", EmbeddedCassandra.DATACENTER);
        settings.put("stores.scylla.1.keyspace", name);
        settings.put("stores.scylla.1.request-timeout", "2 s");
        settings.put("stores.redis.2.hosts", servers.redis().address());
        settings.put("stores.redis.2.request-timeout", "2 s");
        return settings;
    }

    public FeatureIngestConfig config() {
        return config;
    }

    public SchemaSnapshot schemas() {
        return schemas;
    }

    /** Label of the entity, which nobody else uses. */
    public String entity() {
        return name;
    }

    public void send(ProducerRecord<byte[], byte[]> record) {
        producer.send(record);
    }

    /** Sends and waits until the broker has all of it. */
    public void sendAll(Iterable<ProducerRecord<byte[], byte[]>> records) {
        records.forEach(producer::send);
        producer.flush();
    }

    public FeatureGroupSchema group(String label) {
        return requireNonNull(entitySchema().group(label), label);
    }

    private EntitySchema entitySchema() {
        return requireNonNull(schemas.entity(name), name);
    }

    /** What the stores hold of one group, by key; keys without anything are left out. */
    public Map<String, StoredBlock> stored(String label, List<String> keys) {
        FeatureGroupSchema group = group(label);
        List<StoredRow> rows =
                reader.read(
                                schemas.storeOf(group),
                                entitySchema(),
                                keys.stream().map(k -> new EntityKey(name, List.of(k))).toList(),
                                List.of(group),
                                Instant.now().plus(READ_WITHIN))
                        .toCompletableFuture()
                        .orTimeout(READ_WITHIN.toSeconds() + 5, TimeUnit.SECONDS)
                        .join();
        Map<String, StoredBlock> found = new HashMap<>();
        for (int i = 0; i < rows.size(); i++) {
            StoredRow row = rows.get(i);
            if (row.failure() != null) {
                throw new IllegalStateException("read failed", row.failure());
            }
            if (row.blocks().get(0).block() != null) {
                found.put(keys.get(i), row.blocks().get(0));
            }
        }
        return found;
    }

    /** Everything a topic holds now. */
    public List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        return Topics.records(servers.kafka().bootstrapServers(), topic);
    }

    public Path folder() {
        return folder;
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        reader.close();
    }
}
