package io.dhara.embedded;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka of one KRaft node (broker and controller) in this JVM, listening on loopback only.
 * Keeps its data directory and ports across {@link #stop()} and {@link #start()}, and across
 * processes that use the same directory.
 *
 * <p>Methods may be called from any thread, one at a time.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private final Path dir;
    private final Map<String, String> overrides;
    private List<Integer> ports;
    private @Nullable KafkaRaftServer server;

    private EmbeddedKafka(Path dir, Map<String, String> overrides) throws IOException {
        this.dir = Files.createDirectories(dir.toAbsolutePath());
        this.overrides = Map.copyOf(overrides);
        this.ports = Ports.choose(this.dir, 2);
    }

    /** Starts a broker with its data in {@code dir}, fresh or as an earlier one left it. */
    public static EmbeddedKafka start(Path dir) throws IOException {
        return start(dir, Map.of());
    }

    /** As {@link #start(Path)}, with broker settings that go before the built-in ones. */
    public static EmbeddedKafka start(Path dir, Map<String, String> overrides) throws IOException {
        EmbeddedKafka kafka = new EmbeddedKafka(dir, overrides);
        for (int attempt = 1; ; attempt++) {
            try {
                kafka.launch();
                Ports.remember(kafka.dir, kafka.ports);
                return kafka;
            } catch (KafkaException e) {
                if (attempt == Ports.ATTEMPTS || !isPortTaken(e)) {
                    throw e;
                }
                kafka.ports = Ports.fresh(2);
            }
        }
    }

    private static boolean isPortTaken(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof java.net.BindException
                    || String.valueOf(t.getMessage()).contains("Address already in use")) {
                return true;
            }
        }
        return false;
    }

    private void launch() throws IOException {
        Path logs = Files.createDirectories(dir.resolve("logs"));
        if (!Files.exists(logs.resolve("meta.properties"))) {
            format(logs);
        }
        KafkaRaftServer starting =
                new KafkaRaftServer(KafkaConfig.fromProps(properties(logs)), Time.SYSTEM);
        try {
            starting.startup();
        } catch (RuntimeException e) {
            starting.shutdown();
            throw e;
        }
        server = starting;
    }

    private static void format(Path logs) throws IOException {
        try {
            new Formatter()
                    .setNodeId(1)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setReleaseVersion(MetadataVersion.latestProduction())
                    .setControllerListenerName("CONTROLLER")
                    .addDirectory(logs.toString())
                    .setMetadataLogDirectory(logs.toString())
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
                    .run();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) { // the formatter declares Exception
            throw new IOException("cannot format the Kafka directory " + logs, e);
        }
    }

    private Properties properties(Path logs) {
        int broker = ports.get(0);
        int controller = ports.get(1);
        Properties props = new Properties();
        props.put("process.roles", "broker,controller");
        props.put("node.id", "1");
        props.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
        props.put("controller.listener.names", "CONTROLLER");
        props.put(
                "listeners",
                "PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(broker, controller));
        props.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + broker);
        props.put("inter.broker.listener.name", "PLAINTEXT");
        props.put("log.dirs", logs.toString());
        props.put("offsets.topic.replication.factor", "1");
        props.put("offsets.topic.num.partitions", "4");
        props.put("transaction.state.log.replication.factor", "1");
        props.put("transaction.state.log.min.isr", "1");
        props.put("transaction.state.log.num.partitions", "4");
        props.put("share.coordinator.state.topic.replication.factor", "1");
        props.put("share.coordinator.state.topic.min.isr", "1");
        props.put("group.initial.rebalance.delay.ms", "0");
        props.put("auto.create.topics.enable", "false");
        props.put("log.cleaner.dedupe.buffer.size", String.valueOf(2 << 20));
        props.put("num.network.threads", "2");
        props.put("num.io.threads", "2");
        props.put("num.recovery.threads.per.data.dir", "1");
        props.putAll(overrides);
        return props;
    }

    /** Starts the stopped broker again, on the same ports and data. No effect when it runs. */
    public synchronized void start() {
        if (server != null) {
            return;
        }
        try {
            launch();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("Kafka in " + dir + " did not start again", e);
        }
    }

    /** Stops the broker in an orderly way and waits for it. */
    public synchronized void stop() {
        KafkaRaftServer running = server;
        if (running != null) {
            running.shutdown();
            running.awaitShutdown();
            server = null;
        }
    }

    /** Whether the broker runs. */
    public synchronized boolean isRunning() {
        return server != null;
    }

    /** Creates a topic; one of that name that exists already is left as it is. */
    public void createTopic(String topic, int partitions) {
        createTopic(topic, partitions, Map.of());
    }

    /** As {@link #createTopic(String, int)}, with topic settings such as {@code cleanup.policy}. */
    public void createTopic(String topic, int partitions, Map<String, String> settings) {
        requireNonNull(topic, "topic is null");
        try (Admin admin =
                Admin.create(
                        Map.<String, Object>of(
                                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers()))) {
            admin.createTopics(
                            List.of(new NewTopic(topic, partitions, (short) 1).configs(settings)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException(
                        "topic " + topic + " was not created", e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while creating topic " + topic, e);
        }
    }

    /** {@code 127.0.0.1:port}, as clients take it. */
    public String bootstrapServers() {
        return "127.0.0.1:" + ports.get(0);
    }

    /** Where the broker keeps its data. */
    public Path dir() {
        return dir;
    }

    @Override
    public void close() {
        stop();
    }
}
