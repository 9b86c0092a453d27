package io.dhara.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 180, unit = TimeUnit.SECONDS)
class EmbeddedServersITCase {
    @TempDir Path dir;

    @Test
    void redis_killedAndStarted_keepsPortAndAcknowledgedWrites() throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.startPersistent(dir)) {
            int port = redis.port();
            assertThat(ask(port, "SET key value\r\n")).isEqualTo("+OK");
            long pid = redis.pid();

            redis.kill();
            assertThat(redis.isRunning()).isFalse();
            assertThat(ProcessHandle.of(pid)).isEmpty();
            redis.start();

            assertThat(redis.port()).isEqualTo(port);
            assertThat(ask(port, "GET key\r\n")).isEqualTo("$5");
        }
    }

    @Test
    void redis_withoutPersistence_startsEmpty() throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.start(dir)) {
            assertThat(ask(redis.port(), "SET key value\r\n")).isEqualTo("+OK");
            redis.restart();
            assertThat(ask(redis.port(), "GET key\r\n")).isEqualTo("$-1");
        }
    }

    @Test
    void redis_parentKilled_endsToo() throws Exception {
        Process parent = parentOfRedis();
        String line = firstLine(parent);
        ProcessHandle server = ProcessHandle.of(Long.parseLong(line)).orElseThrow();
        assertThat(server.isAlive()).isTrue();

        parent.destroyForcibly().waitFor();

        server.onExit().get(20, TimeUnit.SECONDS);
        assertThat(server.isAlive()).isFalse();
    }

    @Test
    void redis_predecessorStillRunning_isWaitedFor() throws Exception {
        Process parent = parentOfRedis();
        ProcessHandle server = ProcessHandle.of(Long.parseLong(firstLine(parent))).orElseThrow();
        parent.destroyForcibly().waitFor();

        try (EmbeddedRedis successor = EmbeddedRedis.start(dir)) {
            assertThat(server.isAlive()).isFalse();
            assertThat(successor.isRunning()).isTrue();
        }
    }

    private Process parentOfRedis() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        RedisParent.class.getName(),
                        dir.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String firstLine(Process parent) throws IOException {
        String line = parent.inputReader().readLine();
        assertThat(line).as("process id of the server").isNotNull();
        return line;
    }

    @Test
    void cassandra_killedAndStarted_listensOnTheSamePort() throws Exception {
        try (EmbeddedCassandra cassandra = EmbeddedCassandra.start(dir)) {
            int port = cassandra.port();
            cassandra.restart();
            assertThat(cassandra.port()).isEqualTo(port);
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(socket.isConnected()).isTrue();
            }
            assertThat(Files.readString(dir.resolve("server.log"))).contains("CQL clients");
        }
    }

    @Test
    void etcd_restarted_servesOnTheSamePort() throws Exception {
        Optional<EmbeddedEtcd> installed = EmbeddedEtcd.startIfInstalled(dir);
        Assumptions.assumeTrue(
                installed.isPresent(), "etcd is not installed: its tests are skipped");
        try (EmbeddedEtcd etcd = installed.orElseThrow()) {
            String endpoint = etcd.endpoint();
            etcd.restart();
            assertThat(etcd.endpoint()).isEqualTo(endpoint);
            assertThat(etcd.isRunning()).isTrue();
        }
    }

    @Test
    void kafka_stoppedAndStarted_keepsPortAndRecords() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir)) {
            String bootstrap = kafka.bootstrapServers();
            kafka.createTopic("topic", 2);
            kafka.createTopic("topic", 2);
            try (KafkaProducer<String, String> producer =
                    new KafkaProducer<>(
                            Map.of("bootstrap.servers", bootstrap),
                            new StringSerializer(),
                            new StringSerializer())) {
                producer.send(new ProducerRecord<>("topic", 1, "key", "value")).get();
            }

            kafka.stop();
            assertThat(kafka.isRunning()).isFalse();
            kafka.start();

            assertThat(kafka.bootstrapServers()).isEqualTo(bootstrap);
            try (KafkaConsumer<String, String> consumer =
                    new KafkaConsumer<>(
                            Map.of("bootstrap.servers", bootstrap),
                            new StringDeserializer(),
                            new StringDeserializer())) {
                TopicPartition partition = new TopicPartition("topic", 1);
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
                assertThat(consumer.poll(Duration.ofSeconds(30)).records(partition))
                        .singleElement()
                        .satisfies(record -> assertThat(record.value()).isEqualTo("value"));
            }
        }
    }

    private static String ask(int port, String command) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                BufferedReader answer =
                        new BufferedReader(
                                new java.io.InputStreamReader(
                                        socket.getInputStream(), StandardCharsets.UTF_8))) {
            socket.getOutputStream().write(command.getBytes(StandardCharsets.UTF_8));
            return answer.readLine();
        }
    }

    /** Starts a Redis, prints its process id and waits to be killed. */
    static final class RedisParent {
        private RedisParent() {}

        public static void main(String[] args) throws Exception {
            EmbeddedRedis redis = EmbeddedRedis.start(Path.of(args[0]));
            System.out.println(redis.pid());
            Thread.currentThread().join();
        }
    }
}
