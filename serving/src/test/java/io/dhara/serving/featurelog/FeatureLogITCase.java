package io.dhara.serving.featurelog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dhara.embedded.EmbeddedKafka;
import io.dhara.graph.GraphPlan;
import io.dhara.proto.inferflowlog.InferflowLog;
import io.dhara.proto.inferflowlog.KafkaRequest;
import io.dhara.serving.inferflow.FeatureMatrix;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log to a real Kafka that is there, and to one that has gone. */
class FeatureLogITCase {
    private static final int REQUESTS = 50;
    private static final int ROWS = 20;

    @TempDir private Path folder;

    private static double rows(SimpleMeterRegistry meters, String end) {
        return meters.get("dhara.inferflow.log.rows").tag("end", end).counter().count();
    }

    private static FeatureLog open(EmbeddedKafka kafka, SimpleMeterRegistry meters) {
        FeatureLogSettings settings =
                new FeatureLogSettings(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        "logs",
                        "log-schemas",
                        true,
                        64 << 10,
                        1 << 20,
                        1 << 20,
                        Duration.ofSeconds(2));
        LogMeters ends = new LogMeters(meters);
        return FeatureLog.start(
                settings, ends, LogTopics.open(settings, ends), Clock.systemUTC(), meters);
    }

    @Test
    void logged_isWhatWasServed_andABrokerThatIsDown_slowsNoAnswer() throws Exception {
        GraphPlan plan = LoggedPlan.example(100);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder)) {
            kafka.createTopic("logs", 1);
            kafka.createTopic("log-schemas", 1, Map.of("cleanup.policy", "compact"));
            try (FeatureLog log = open(kafka, meters)) {
                for (int i = 0; i < REQUESTS; i++) {
                    log.answered(
                            LoggedPlan.execution(plan, LoggedPlan.rows(plan, ROWS)), "t" + i, "u");
                    int logged = (i + 1) * ROWS;
                    await().until(() -> rows(meters, "delivered") == logged);
                }
                assertLogged(kafka, plan);

                kafka.stop();
                long slowest = 0;
                for (int i = 0; i < 10 * REQUESTS; i++) {
                    var run = LoggedPlan.execution(plan, LoggedPlan.rows(plan, ROWS));
                    long start = System.nanoTime();
                    log.answered(run, "d" + i, "u");
                    slowest = Math.max(slowest, System.nanoTime() - start);
                }
                assertThat(TimeUnit.NANOSECONDS.toMillis(slowest)).isLessThan(500);
                assertThat(rows(meters, "dropped_queue")).isPositive();
                await().atMost(Duration.ofSeconds(15))
                        .until(() -> rows(meters, "dropped_kafka") > 0);
            }
            double all =
                    rows(meters, "delivered")
                            + rows(meters, "dropped_queue")
                            + rows(meters, "dropped_kafka");
            assertThat(all).isEqualTo(11 * REQUESTS * ROWS);
        }
    }

    private static void assertLogged(EmbeddedKafka kafka, GraphPlan plan) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> schemas = read(kafka, "log-schemas", 1);
        assertThat(schemas.get(0).key()).asString(UTF_8).isEqualTo(LogSchema.of(plan).key());
        assertThat(schemas.get(0).value()).isEqualTo(LogSchema.of(plan).json());

        FeatureMatrix served = LoggedPlan.rows(plan, ROWS);
        RowEncoder rows = new RowEncoder(LogSchema.of(plan).columns());
        int i = 0;
        for (ConsumerRecord<byte[], byte[]> record : read(kafka, "logs", REQUESTS)) {
            var value = KafkaRequest.parseFrom(record.value()).getValue();
            assertThat(value.getEventId()).isEqualTo("t" + i++);
            InferflowLog log = InferflowLog.parseFrom(value.getProperties().getValue());
            for (int row = 0; row < ROWS; row++) {
                assertThat(log.getEntities(row)).isEqualTo("p" + row);
                assertThat(log.getFeatures(row).getEncodedFeatures().toByteArray())
                        .isEqualTo(rows.encode(served, row));
            }
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(
            EmbeddedKafka kafka, String topic, int records) {
        List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            await().until(
                            () -> {
                                consumer.poll(Duration.ofMillis(100)).forEach(read::add);
                                return read.size() >= records;
                            });
        }
        return read;
    }
}
