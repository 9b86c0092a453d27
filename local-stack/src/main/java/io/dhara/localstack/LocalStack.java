package io.dhara.localstack;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.registry.FileSchemaRegistry;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.embedded.EmbeddedCassandra;
import io.dhara.embedded.EmbeddedKafka;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.embedded.Ports;
import io.dhara.ingest.FeatureIngestConfig;
import io.dhara.ingest.FeatureIngestJob;
import io.dhara.serving.ServingConfig;
import io.dhara.serving.ServingServer;
import io.dhara.stores.Endpoint;
import io.dhara.stores.scylla.ScyllaConfig;
import io.dhara.stores.write.scylla.ScyllaTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All of Dhara on one machine, of real parts: Kafka and a Flink cluster in this JVM, Redis and a
 * CQL store as child processes, schemas from a folder, the feature-ingest job and serving.
 * Everything is in its data directory: a stack started again on the same directory has the same
 * data, goes on from the job's last savepoint or checkpoint, and listens on the same ports where
 * they are free.
 *
 * <p>Closed by its owner; the child processes end with this JVM in any case.
 */
public final class LocalStack implements StackView, AutoCloseable {
    /** Topic of feature messages. */
    public static final String FEATURES = FeatureIngestConfig.Topics.DEFAULT.features();

    /** Topic of the messages that the feature-ingest job rejected. */
    public static final String DEAD_LETTERS = FeatureIngestConfig.Topics.DEFAULT.deadLetters();

    private static final Logger LOG = LoggerFactory.getLogger(LocalStack.class);

    /** Keyspace of the CQL store. */
    public static final String KEYSPACE = "dhara";

    private static final int PARTITIONS = 4;
    private static final Duration SCHEMA_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration REGISTRY_INTERVAL = Duration.ofMillis(500);

    /**
     * Where a stack finds and keeps its things.
     *
     * @param home folder of the project, with {@code examples} and {@code flink-conf}
     * @param dataDir of everything that it writes
     */
    public record Folders(Path home, Path dataDir) {
        public Folders {
            home = home.toAbsolutePath();
            dataDir = dataDir.toAbsolutePath();
        }

        Path flinkConf() {
            return home.resolve("flink-conf");
        }

        /** The schemas in use: at first a copy of the examples, then the owner's to edit. */
        public Path schemas() {
            return dataDir.resolve("schemas");
        }
    }

    private final Folders folders;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final EmbeddedKafka kafka;
    private final EmbeddedRedis redis;
    private final EmbeddedCassandra cassandra;
    private final LocalFlink flink;
    private final FileSchemaRegistry registry;
    private final ServingServer serving;
    private final LocalJob ingest;
    private boolean closed;

    private LocalStack(Folders folders, PhaseTimes phases) throws Exception {
        this.folders = folders;
        Files.createDirectories(folders.dataDir());
        copySchemas();
        ExecutorService starters = Executors.newCachedThreadPool();
        try {
            CompletableFuture<EmbeddedRedis> redisUp =
                    phases.timeOn(
                            starters,
                            "redis",
                            () -> part(EmbeddedRedis.startPersistent(dir("redis"))));
            CompletableFuture<EmbeddedCassandra> cassandraUp =
                    phases.timeOn(
                            starters,
                            "cassandra",
                            () -> part(EmbeddedCassandra.start(dir("cassandra"))));
            CompletableFuture<EmbeddedKafka> kafkaUp =
                    phases.timeOn(starters, "kafka", this::startKafka);
            CompletableFuture<LocalFlink> flinkUp =
                    phases.timeOn(
                            starters,
                            "flink",
                            () -> part(LocalFlink.start(folders.flinkConf(), dir("flink"))));
            registry = part(FileSchemaRegistry.open(folders.schemas(), REGISTRY_INTERVAL));
            cassandra = PhaseTimes.await(cassandraUp);
            CompletableFuture<Integer> tables =
                    phases.timeOn(starters, "tables", this::createTables);
            redis = PhaseTimes.await(redisUp);
            kafka = PhaseTimes.await(kafkaUp);
            flink = PhaseTimes.await(flinkUp);
            PhaseTimes.await(tables);
            CompletableFuture<ServingServer> servingUp =
                    phases.timeOn(starters, "serving", this::startServing);
            ingest = phases.time("job", this::submitIngest);
            phases.time("job running", ingest::awaitRunning);
            serving = PhaseTimes.await(servingUp);
        } catch (Exception e) {
            closeParts();
            throw e;
        } finally {
            starters.shutdownNow();
        }
    }

    /**
     * Starts everything, in parallel where one does not need the other, and returns when reads and
     * writes work.
     */
    public static LocalStack start(Folders folders, PhaseTimes phases) throws Exception {
        requireNonNull(phases, "phases is null");
        LocalStack stack = new LocalStack(folders, phases);
        stack.endpoints().write(stack.folders.dataDir());
        return stack;
    }

    private synchronized <T extends AutoCloseable> T part(T started) {
        parts.push(started);
        return started;
    }

    private Path dir(String part) {
        return folders.dataDir().resolve(part);
    }

    private void copySchemas() throws IOException {
        if (Files.isDirectory(folders.schemas())) {
            return;
        }
        Path examples = folders.home().resolve("examples/schemas");
        Files.createDirectories(folders.schemas());
        try (Stream<Path> files = Files.list(examples)) {
            for (Path file : files.toList()) {
                Files.copy(
                        file,
                        folders.schemas().resolve(file.getFileName()),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private EmbeddedKafka startKafka() throws IOException {
        EmbeddedKafka started = part(EmbeddedKafka.start(dir("kafka")));
        // By Kafka's reckoning an event of years ago is past its retention when it arrives.
        Map<String, String> keep = Map.of("retention.ms", "-1");
        started.createTopic(FEATURES, PARTITIONS, keep);
        started.createTopic(
                DEAD_LETTERS,
                1,
                Map.of(
                        "retention.ms",
                        "-1",
                        "max.message.bytes",
                        String.valueOf(FeatureIngestConfig.Topics.DEFAULT.deadLetterMaxBytes())));
        started.createTopic(
                FeatureIngestConfig.Topics.DEFAULT.invalidations(), PARTITIONS, Map.of());
        return started;
    }

    private int createTables() {
        int statements = 0;
        for (int confId : confIds(StoreConfig.Kind.SCYLLA)) {
            ScyllaConfig connection =
                    ScyllaConfig.of(
                            List.of(Endpoint.parse(cassandra.address())),
                            EmbeddedCassandra.DATACENTER,
                            KEYSPACE);
            try (ScyllaTables tables = ScyllaTables.open(connection, SCHEMA_TIMEOUT)) {
                tables.createKeyspace(1);
                statements += tables.apply(registry.current(), confId).size();
            }
        }
        return statements;
    }

    private Set<Integer> confIds(StoreConfig.Kind kind) {
        return registry.current().stores().values().stream()
                .filter(store -> store.kind() == kind)
                .map(StoreConfig::confId)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What the job and serving share: Kafka, schemas and store connections. */
    private Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>();
        settings.put("kafka.bootstrap-servers", kafka.bootstrapServers());
        settings.put("registry.folder", folders.schemas().toString());
        settings.put("registry.interval", REGISTRY_INTERVAL.toMillis() + " ms");
        for (int confId : confIds(StoreConfig.Kind.SCYLLA)) {
            String prefix = "stores.scylla." + confId + ".";
            settings.put(prefix + "contact-points", cassandra.address());
            settings.put(prefix + "datacenter", EmbeddedCassandra.DATACENTER);
            settings.put(prefix + "keyspace", KEYSPACE);
        }
        for (int confId : confIds(StoreConfig.Kind.REDIS)) {
            settings.put("stores.redis." + confId + ".hosts", redis.address());
        }
        return settings;
    }

    private LocalJob submitIngest() throws Exception {
        Settings settings = Settings.parse(settings());
        FeatureIngestConfig config = FeatureIngestConfig.from(settings);
        settings.finish();
        String name = FeatureIngestJob.NAME;
        return new LocalJob(
                name,
                flink,
                FeatureIngestJob.submit(
                        new StreamExecutionEnvironment(flink.jobSettings(name)), config));
    }

    private ServingServer startServing() throws IOException {
        Path dir = Files.createDirectories(dir("serving"));
        List<Integer> ports = Ports.choose(dir, 2);
        Map<String, String> settings = settings();
        settings.put("serving.host", "127.0.0.1");
        settings.put("serving.port", String.valueOf(ports.get(0)));
        settings.put("serving.admin-port", String.valueOf(ports.get(1)));
        settings.put("serving.drain-period", "0 s");
        settings.put("serving.io-threads", "2");
        ServingServer server =
                part(ServingServer.start(ServingConfig.from(Settings.parse(settings))));
        Ports.remember(dir, ports);
        return server;
    }

    @Override
    public StackEndpoints endpoints() {
        return new StackEndpoints(
                kafka.bootstrapServers(),
                redis.address(),
                cassandra.address(),
                flink.rest().toString(),
                flink.metrics().toString(),
                "127.0.0.1:" + serving.port(),
                "http://127.0.0.1:" + serving.adminPort(),
                folders.schemas().toString(),
                ProcessHandle.current().pid());
    }

    @Override
    public SchemaSnapshot schemas() {
        return registry.current();
    }

    @Override
    public IngestCounts counts() throws IOException, InterruptedException {
        return ingest.counters().ingest(schemas());
    }

    /**
     * Stops the job with a savepoint, so that the next stack of this data directory goes on exactly
     * where it stopped, and then everything else.
     */
    public void shutDown() throws Exception {
        ingest.stop();
        close();
    }

    /** Ends everything at once; the job's last checkpoint stays. May be called twice. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        closeParts();
    }

    private void closeParts() {
        List<AutoCloseable> open;
        synchronized (this) {
            open = new ArrayList<>(parts);
            parts.clear();
        }
        for (AutoCloseable part : open) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("{} did not close in an orderly way", part.getClass().getSimpleName(), e);
            }
        }
    }
}
