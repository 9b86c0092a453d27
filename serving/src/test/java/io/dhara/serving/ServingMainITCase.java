package io.dhara.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dhara.embedded.EmbeddedKafka;
import io.dhara.embedded.SharedServers;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process itself, in a JVM of its own. */
class ServingMainITCase {
    private static final Pattern PORTS =
            Pattern.compile("serving on port (\\d+), admin port (\\d+)");

    @TempDir private Path dir;

    private Process launch(String... args) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx192m", "-XX:+UseSerialGC", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.add(ServingMain.class.getName());
        command.addAll(List.of(args));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("out").toFile())
                .start();
    }

    private String output() {
        try {
            return Files.readString(dir.resolve("out"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void sigterm_drainsAndEnds() throws Exception {
        EmbeddedKafka kafka = SharedServers.kafka();
        String topic = "invalidations-" + UUID.randomUUID();
        kafka.createTopic(topic, 1);
        Path config =
                Files.writeString(
                        dir.resolve("serving.yaml"),
                        """
                        kafka:
                          bootstrap-servers: %s
                          topics.invalidations: %s
                        registry.folder: %s
                        serving:
                          host: 127.0.0.1
                          port: 0
                          admin-port: 0
                          drain-period: 100 ms
                        """
                                .formatted(
                                        kafka.bootstrapServers(),
                                        topic,
                                        ServingHarness.SCHEMAS.toAbsolutePath()));
        Process process = launch("--config", config.toString());
        try {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> PORTS.matcher(output()).find() || !process.isAlive());
            Matcher ports = PORTS.matcher(output());
            assertThat(ports.find()).as(output()).isTrue();

            checkHealth(Integer.parseInt(ports.group(1)));
            await().untilAsserted(
                            () ->
                                    assertThat(output())
                                            .containsPattern(
                                                    "\\{\"time\":\"[^\"]+Z\",\"level\":\"INFO\".*\"method\":\"grpc.health.v1.Health/Check\".*\"status\":\"OK\""));
            process.destroy();

            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(output()).contains("settings: {", "draining for PT0.1S", "stopped");
        } finally {
            process.destroyForcibly();
        }
    }

    private static void checkHealth(int port) {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        try {
            HealthGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .check(HealthCheckRequest.getDefaultInstance());
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void wrongSettings_areAllNamed_andEndIt() throws Exception {
        Process process = launch("serving.prot=1", "registry.folder=x");
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(2);
            assertThat(output())
                    .contains("kafka.bootstrap-servers must be given")
                    .contains("serving.prot is not a known setting");
        } finally {
            process.destroyForcibly();
        }
    }
}
