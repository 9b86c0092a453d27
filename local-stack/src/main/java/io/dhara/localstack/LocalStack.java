package io.dhara.localstack;

import static java.util.Objects.requireNonNull;

import io.dhara.core.config.Settings;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.core.interaction.WeekSlots;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.registry.FileSchemaRegistry;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.embedded.EmbeddedCassandra;
import io.dhara.embedded.EmbeddedKafka;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.embedded.Ports;
import io.dhara.ingest.FeatureIngestConfig;
import io.dhara.ingest.FeatureIngestJob;
import io.dhara.modelserver.ModelServer;
import io.dhara.realtime.RealtimeFeaturesConfig;
import io.dhara.realtime.RealtimeFeaturesJob;
import io.dhara.serving.ServingConfig;
import io.dhara.serving.ServingServer;
import io.dhara.sessionizer.InteractionSessionizerConfig;
import io.dhara.sessionizer.InteractionSessionizerJob;
import io.dhara.stores.Endpoint;
import io.dhara.stores.scylla.ScyllaConfig;
import io.dhara.stores.write.scylla.InteractionTables;
import io.dhara.stores.write.scylla.InteractionTablesConfig;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
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

    /** Topic of interaction events. */
    public static final String INTERACTIONS = "interaction-store.interactions";

    /** Topic of closed sessions. */
    public static final String SESSIONS = InteractionSessionizerConfig.Topics.DEFAULT.sessions();

    /** Topic of the features of logged requests. */
    public static final String FEATURE_LOG = "inferflow_inference_logs";

    /** Topic of what the bytes of logged features mean. */
    public static final String FEATURE_LOG_SCHEMAS = "dhara.feature-log-schemas";

    /** Keyspace of the CQL store. */
    public static final String KEYSPACE = "dhara";

    /** feature-ingest and the sessionizer; beside them, one for each feature definition. */
    private static final int JOBS = 2;

    /** Definitions that can be submitted while it runs. */
    private static final int SPARE_JOBS = 1;

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

        /** The graphs in use, at first those of the examples. */
        public Path graphs() {
            return dataDir.resolve("graphs");
        }

        /** The feature definitions in use, copied with the schemas: each is a job. */
        public Path features() {
            return dataDir.resolve("features");
        }
    }

    private final Folders folders;
    private final Duration sessionGap;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final EmbeddedKafka kafka;
    private final EmbeddedRedis redis;
    private final EmbeddedCassandra cassandra;
    private final LocalFlink flink;
    private final FileSchemaRegistry registry;
    private final ModelServer models;
    private final ServingServer serving;
    private final LocalJob ingest;
    private final LocalJob sessionizer;
    private final List<FeatureDefinitionFile> definitions;
    private final List<LocalJob> featureJobs;
    private boolean closed;

    private LocalStack(Folders folders, Duration sessionGap, PhaseTimes phases) throws Exception {
        this.folders = folders;
        this.sessionGap = requireNonNull(sessionGap, "sessionGap is null");
        Files.createDirectories(folders.dataDir());
        copyExamples();
        definitions = FeatureDefinitionFile.ofFolder(folders.features());
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
                            () ->
                                    part(
                                            LocalFlink.start(
                                                    folders.flinkConf(),
                                                    dir("flink"),
                                                    JOBS,
                                                    definitions.size() + SPARE_JOBS)));
            registry = part(FileSchemaRegistry.open(folders.schemas(), REGISTRY_INTERVAL));
            models = startModels();
            kafka = PhaseTimes.await(kafkaUp);
            flink = PhaseTimes.await(flinkUp);
            // needs no store, so it is done while they start
            CompletableFuture<List<LocalJob>> featuresUp =
                    phases.timeOn(starters, "submit realtime-features", this::submitFeatures);
            cassandra = PhaseTimes.await(cassandraUp);
            CompletableFuture<Integer> tables =
                    phases.timeOn(starters, "tables", this::createTables);
            redis = PhaseTimes.await(redisUp);
            PhaseTimes.await(tables);
            CompletableFuture<ServingServer> servingUp =
                    phases.timeOn(starters, "serving", this::startServing);
            ingest = phases.time("submit feature-ingest", this::submitIngest);
            sessionizer = phases.time("submit sessionizer", this::submitSessionizer);
            featureJobs = PhaseTimes.await(featuresUp);
            phases.time("jobs running", this::awaitJobs);
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
     *
     * @param sessionGap pause after which a user's session ends
     */
    public static LocalStack start(Folders folders, Duration sessionGap, PhaseTimes phases)
            throws Exception {
        requireNonNull(phases, "phases is null");
        LocalStack stack = new LocalStack(folders, sessionGap, phases);
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

    /** A folder of earlier days has the schemas of those days, which no definition may fit. */
    private void copyExamples() throws IOException {
        if (!Files.isDirectory(folders.schemas())) {
            copy(folders.home().resolve("examples/features"), folders.features());
            copy(folders.home().resolve("examples/schemas"), folders.schemas());
        }
        if (!Files.isDirectory(folders.graphs())) {
            copy(folders.home().resolve("examples/graphs"), folders.graphs());
        }
    }

    private static void copy(Path examples, Path folder) throws IOException {
        Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(examples)) {
            for (Path file : files.toList()) {
                Files.copy(
                        file,
                        folder.resolve(file.getFileName()),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private ModelServer startModels() throws IOException {
        try (Stream<Path> files = Files.list(folders.home().resolve("examples/models"))) {
            return part(ModelServer.start(files.toList(), 0));
        }
    }

    private EmbeddedKafka startKafka() throws IOException {
        EmbeddedKafka started = part(EmbeddedKafka.start(dir("kafka")));
        StackTopics.create(started, FeatureDefinitionFile.topics(definitions));
        return started;
    }

    private int createTables() {
        int statements = 0;
        for (int confId : StackSettings.confIds(registry.current(), StoreConfig.Kind.SCYLLA)) {
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
        return statements + createInteractionTables();
    }

    private int createInteractionTables() {
        Settings byDefault = Settings.parse(Map.of());
        InteractionTables tables =
                new InteractionTables(
                        ScyllaConfig.of(
                                List.of(Endpoint.parse(cassandra.address())),
                                EmbeddedCassandra.DATACENTER,
                                KEYSPACE),
                        new InteractionTablesConfig(
                                Map.of(EmbeddedCassandra.DATACENTER, 1),
                                InteractionTablesConfig.Compaction.LEVELED,
                                Duration.ofDays(10)),
                        InteractionTypes.from(byDefault),
                        WeekSlots.ISO_WEEK);
        tables.create(SCHEMA_TIMEOUT);
        return tables.statements().size();
    }

    private StackSettings settings() {
        return new StackSettings(
                kafka.bootstrapServers(),
                cassandra.address(),
                redis.address(),
                folders.schemas(),
                folders.graphs(),
                models.address(),
                registry.current());
    }

    private LocalJob submitIngest() throws Exception {
        Settings settings = settings().ingest();
        FeatureIngestConfig config = FeatureIngestConfig.from(settings);
        settings.finish();
        return submit(FeatureIngestJob.NAME, env -> FeatureIngestJob.submit(env, config));
    }

    private LocalJob submitSessionizer() throws Exception {
        Settings settings = settings().sessionizer(sessionGap);
        InteractionSessionizerConfig config = InteractionSessionizerConfig.from(settings);
        settings.finish();
        return submit(
                InteractionSessionizerJob.NAME,
                env -> InteractionSessionizerJob.submit(env, config));
    }

    private List<LocalJob> submitFeatures() throws Exception {
        List<LocalJob> submitted = new ArrayList<>();
        for (FeatureDefinitionFile definition : definitions) {
            Settings settings =
                    StackSettings.features(
                            kafka.bootstrapServers(), folders.schemas(), definition.file());
            RealtimeFeaturesConfig config = RealtimeFeaturesConfig.from(settings);
            settings.finish();
            Configuration flinkSettings =
                    flink.jobSettings(config.jobName(), RealtimeFeaturesConfig.NAME);
            flinkSettings.setString("parallelism.default", "1");
            submitted.add(
                    new LocalJob(
                            config.jobName(),
                            flink,
                            RealtimeFeaturesJob.submit(
                                    new StreamExecutionEnvironment(flinkSettings), config)));
        }
        return submitted;
    }

    private int awaitJobs() throws Exception {
        ingest.awaitRunning();
        sessionizer.awaitRunning();
        for (LocalJob job : featureJobs) {
            job.awaitRunning();
        }
        return JOBS + featureJobs.size();
    }

    private interface Submission {
        JobClient to(StreamExecutionEnvironment env) throws Exception;
    }

    private LocalJob submit(String name, Submission job) throws Exception {
        return new LocalJob(
                name, flink, job.to(new StreamExecutionEnvironment(flink.jobSettings(name))));
    }

    private ServingServer startServing() throws IOException {
        Path dir = Files.createDirectories(dir("serving"));
        List<Integer> ports = Ports.choose(dir, 2);
        Settings settings = settings().serving(ports.get(0), ports.get(1));
        ServingConfig config = ServingConfig.from(settings);
        settings.finish();
        ServingServer server = part(ServingServer.start(config));
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
                sessionGap.toMillis(),
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

    @Override
    public SessionCounts sessionCounts() throws IOException, InterruptedException {
        return sessionizer.counters().sessions();
    }

    /**
     * Stops the jobs with savepoints, so that the next stack of this data directory goes on exactly
     * where they stopped, and then everything else.
     */
    public void shutDown() throws Exception {
        for (LocalJob job : featureJobs) {
            job.stop();
        }
        sessionizer.stop();
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
