package io.dhara.flink.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.embedded.EmbeddedKafka;
import io.dhara.embedded.SharedServers;
import io.dhara.flink.testkit.Topics;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one jar that goes into Flink's lib/, in a JVM with nothing else beside Flink. */
class PackagedConnectorITCase {
    /** What the jar must bring itself. */
    private static final Pattern BROUGHT =
            Pattern.compile(
                    "/classes$|/dhara-|kafka|flink-connector-base|protobuf|/grpc|jackson|jetcd|/netty|vertx"
                            + "|/guava|zstd|lz4|snappy|failsafe|/snakeyaml/2");

    @Test
    void exampleScript_withTheJarAlone_writesFeatures(@TempDir Path folder) throws Exception {
        EmbeddedKafka broker = SharedServers.kafka();
        String topic = "features-" + UUID.randomUUID();
        broker.createTopic(topic, 1);
        Path script = folder.resolve("orders.sql");
        Files.writeString(script, ExampleScript.of(broker.bootstrapServers(), topic));
        Path output = folder.resolve("output");

        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx768m",
                                "-XX:+UseSerialGC",
                                "--add-opens=java.base/java.util=ALL-UNNAMED",
                                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                                "-cp",
                                classPath(),
                                SqlScript.class.getName(),
                                script.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }

        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        assertThat(Topics.records(broker.bootstrapServers(), topic)).isNotEmpty();
    }

    private static String classPath() throws Exception {
        List<String> flink =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(e -> e.contains("/flink-shaded-") || !BROUGHT.matcher(e).find())
                        .toList();
        try (Stream<Path> jars = Files.list(Path.of("target"))) {
            Path jar =
                    jars.filter(file -> file.toString().endsWith("-sql.jar"))
                            .findFirst()
                            .orElseThrow();
            return Stream.concat(flink.stream(), Stream.of(jar.toString()))
                    .collect(Collectors.joining(File.pathSeparator));
        }
    }
}
