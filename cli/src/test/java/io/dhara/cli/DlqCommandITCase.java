package io.dhara.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.embedded.EmbeddedKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters on a real broker. */
class DlqCommandITCase {
    private static final String EVENT_TIME = "dhara-event-time-ms";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir static Path dir;
    private static EmbeddedKafka kafka;

    @BeforeAll
    static void start() throws Exception {
        kafka = EmbeddedKafka.start(dir);
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    private static CommandRun run(String command) {
        String all = "dlq " + command + " --kafka " + kafka.bootstrapServers();
        return CommandRun.of(all.split(" "));
    }

    private static ProducerRecord<String, String> letter(
            String job, String value, Map<String, String> headers) {
        ProducerRecord<String, String> letter =
                new ProducerRecord<>("dhara." + job + ".dlq", "k", value);
        headers.forEach((name, text) -> letter.headers().add(name, text.getBytes(UTF_8)));
        return letter;
    }

    private static void send(List<ProducerRecord<String, String>> letters) throws Exception {
        try (var producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new StringSerializer(),
                        new StringSerializer())) {
            for (ProducerRecord<String, String> letter : letters) {
                producer.send(letter).get();
            }
        }
    }

    private static List<ConsumerRecord<String, String>> records(String topic) {
        try (var consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                kafka.bootstrapServers(),
                                "auto.offset.reset",
                                "earliest"),
                        new StringDeserializer(),
                        new StringDeserializer())) {
            TopicPartition only = new TopicPartition(topic, 0);
            consumer.assign(List.of(only));
            long end = consumer.endOffsets(List.of(only), PATIENCE).get(only);
            List<ConsumerRecord<String, String>> records = new ArrayList<>();
            while (consumer.position(only, PATIENCE) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
            return records;
        }
    }

    /** A cut value, a block or a row sent as a message would be rejected, or be something else. */
    @Test
    void requeue_lettersWithoutTheirMessage_areLeftAndCounted() throws Exception {
        kafka.createTopic("messages", 1);
        kafka.createTopic("dhara.some-job.dlq", 1);
        Map<String, String> whole =
                Map.of(
                        "dhara-dlq-reason", "unknown-group",
                        "dhara-dlq-source", "messages/0/7",
                        "dhara-dlq-event-time-ms", "1234",
                        "own", "kept");
        List<ProducerRecord<String, String>> letters = new ArrayList<>();
        letters.add(letter("some-job", "message", whole));
        for (String content : List.of("cut", "block", "row")) {
            letters.add(
                    letter(
                            "some-job",
                            content,
                            Map.of(
                                    "dhara-dlq-reason", "unknown-group",
                                    "dhara-dlq-source", "messages/0/8",
                                    "dhara-dlq-content", content)));
        }
        send(letters);

        CommandRun requeue = run("requeue some-job --reason unknown-group");

        assertThat(requeue.exitCode()).as(requeue.err()).isZero();
        assertThat(requeue.out())
                .contains("Requeued 1 records of dhara.some-job.dlq.")
                .contains("Left 3 whose value is not the original message (dhara-dlq-content).");
        assertThat(records("messages"))
                .singleElement()
                .satisfies(
                        record -> {
                            assertThat(record.value()).isEqualTo("message");
                            assertThat(header(record, EVENT_TIME)).isEqualTo("1234");
                            assertThat(header(record, "own")).isEqualTo("kept");
                            assertThat(record.headers())
                                    .noneMatch(header -> header.key().startsWith("dhara-dlq-"));
                        });
        assertThat(run("requeue some-job --output json").out()).containsPattern("\"left\" ?: ?3");
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        Header header = record.headers().lastHeader(name);
        return new String(header.value(), UTF_8);
    }
}
