package io.dhara.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A real Cassandra node of one, in a JVM of its own with its own class path: the CQL store of tests
 * and of the local stack, where production runs Scylla.
 *
 * <p>A write is acknowledged after it is in the synced commit log, so it survives {@link #kill()}.
 */
public final class EmbeddedCassandra extends ForkedServer {
    /** Name of the one data centre, as drivers ask for it. */
    public static final String DATACENTER = "datacenter1";

    private static final String CLASS_PATH_RESOURCE = "/META-INF/cassandra.classpath";
    private static final String OPENED_PACKAGES =
            """
            java.lang java.lang.module java.lang.reflect java.io java.net java.nio java.util
            java.util.concurrent java.util.concurrent.atomic sun.nio.ch jdk.internal.loader
            jdk.internal.ref jdk.internal.reflect jdk.internal.math jdk.internal.module
            jdk.internal.util.jar jdk.internal.misc
            """;

    private EmbeddedCassandra(Path dir) throws IOException {
        super(dir, 3);
    }

    /** Starts a node with its data in {@code dir}, fresh or as an earlier node left it. */
    public static EmbeddedCassandra start(Path dir) throws IOException, InterruptedException {
        EmbeddedCassandra node = new EmbeddedCassandra(dir);
        node.startFirst();
        return node;
    }

    @Override
    List<String> command(List<Integer> ports) throws IOException {
        Path yaml = dir().resolve("cassandra.yaml");
        Files.writeString(
                yaml,
                resource("/io/dhara/embedded/cassandra.yaml")
                        .replace("@DIR@", dir().toString())
                        .replace("@CQL_PORT@", String.valueOf(ports.get(0)))
                        .replace("@STORAGE_PORT@", String.valueOf(ports.get(1)))
                        .replace("@SSL_STORAGE_PORT@", String.valueOf(ports.get(2))));
        Path logback = dir().resolve("logback.xml");
        Files.writeString(logback, resource("/io/dhara/embedded/cassandra-logback.xml"));

        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xms256m", "-Xmx256m", "-XX:+UseSerialGC", "-Xss256k"));
        command.addAll(List.of("-XX:MaxDirectMemorySize=96m", "-XX:+ExitOnOutOfMemoryError"));
        command.add("-XX:TieredStopAtLevel=1"); // most nodes live for a minute
        Stream.of(OPENED_PACKAGES.split("\\s+"))
                .map(opened -> "--add-opens=java.base/" + opened + "=ALL-UNNAMED")
                .forEach(command::add);
        command.addAll(
                List.of(
                        "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED",
                        "--add-opens=java.management/sun.management=ALL-UNNAMED",
                        "--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED",
                        "--add-exports=java.management.rmi/com.sun.jmx.remote.internal.rmi=ALL-UNNAMED",
                        "-Dcassandra.config=" + yaml.toUri(),
                        "-Dcassandra.storagedir=" + dir(),
                        "-Dlogback.configurationFile=" + logback,
                        "-Dcassandra-foreground=yes",
                        "-Dcassandra.ring_delay_ms=0",
                        "-Dcassandra.skip_wait_for_gossip_to_settle=0",
                        "-Djava.io.tmpdir=" + Files.createDirectories(dir().resolve("tmp")),
                        "-cp",
                        serverClassPath(),
                        "org.apache.cassandra.service.CassandraDaemon"));
        return command;
    }

    private static String serverClassPath() throws IOException {
        String classPath = resource(CLASS_PATH_RESOURCE).trim();
        String missing =
                Stream.of(classPath.split(java.io.File.pathSeparator))
                        .filter(jar -> !Files.exists(Path.of(jar)))
                        .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            throw new IOException(
                    "jars of the Cassandra server are gone since the build: %s; build again with"
                                    .formatted(missing)
                            + " ./mvnw -pl common/embedded-cassandra package");
        }
        return classPath;
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = EmbeddedCassandra.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException(
                        name + " is not on the class path; depend on dhara-embedded-cassandra");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    boolean isReadyLine(String line) {
        return line.contains("Starting listening for CQL clients");
    }

    @Override
    Duration startTimeout() {
        return Duration.ofSeconds(120);
    }
}
