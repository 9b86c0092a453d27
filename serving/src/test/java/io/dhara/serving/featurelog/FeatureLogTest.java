package io.dhara.serving.featurelog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.dhara.core.config.ConfigException;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.GraphRegistry;
import io.dhara.proto.inferflowlog.KafkaRequest;
import io.dhara.serving.inferflow.Execution;
import io.dhara.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FeatureLogTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private static FeatureLogSettings settings(String topic, long queueBytes) {
        return new FeatureLogSettings(
                Map.of(),
                topic,
                topic.isEmpty() ? "" : "schemas",
                true,
                queueBytes,
                1 << 20,
                1 << 20,
                Duration.ofSeconds(1));
    }

    private static MockProducer<byte[], byte[]> producer(boolean completes) {
        return new MockProducer<>(
                completes, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private FeatureLog log(MockProducer<byte[], byte[]> producer, long queueBytes) {
        FeatureLogSettings settings = settings("logs", queueBytes);
        LogMeters ends = new LogMeters(meters);
        return FeatureLog.start(
                settings,
                ends,
                new LogTopics(producer, settings, ends),
                new ManualClock(Instant.ofEpochSecond(9)),
                meters);
    }

    private double rows(String end) {
        return meters.get("dhara.inferflow.log.rows").tag("end", end).counter().count();
    }

    private static Execution run(int percent) {
        GraphPlan plan = LoggedPlan.example(percent);
        return LoggedPlan.execution(plan, LoggedPlan.exampleRows(plan));
    }

    @Test
    void request_thatIsChosen_isSentAfterItsSchema_andCountedWhenDelivered() throws Exception {
        MockProducer<byte[], byte[]> producer = producer(true);
        GraphPlan plan = LoggedPlan.example(100);
        try (FeatureLog log = log(producer, 1 << 20)) {
            for (String id : List.of("t1", "t2")) {
                log.answered(LoggedPlan.execution(plan, LoggedPlan.exampleRows(plan)), id, "u1");
            }
        }

        List<ProducerRecord<byte[], byte[]>> sent = producer.history();
        assertThat(sent)
                .extracting(ProducerRecord::topic)
                .containsExactly("schemas", "logs", "logs");
        assertThat(sent.get(0).key()).asString(UTF_8).isEqualTo(LogSchema.of(plan).key());
        assertThat(sent.get(1).key()).isNull();
        var value = KafkaRequest.parseFrom(sent.get(1).value()).getValue();
        assertThat(value.getEventId()).isEqualTo("t1");
        assertThat(value.getUserId()).isEqualTo("u1");
        assertThat(value.getCreatedAt()).isEqualTo(9);
        assertThat(rows("delivered")).isEqualTo(4);
    }

    @Test
    void f27_choice_isByTheTrackingId_theSameEachTime_andAboutItsShare() {
        MockProducer<byte[], byte[]> producer = producer(true);
        int requests = 2_000;
        try (FeatureLog log = log(producer, Long.MAX_VALUE)) {
            for (int i = 0; i < requests; i++) {
                log.answered(run(30), "t" + i, "");
                log.answered(run(30), "", "u" + i);
            }
        }
        List<String> once = ids(producer);
        assertThat((double) once.size() / requests).isBetween(0.25, 0.35);

        MockProducer<byte[], byte[]> again = producer(true);
        try (FeatureLog log = log(again, Long.MAX_VALUE)) {
            for (int i = 0; i < requests; i++) {
                log.answered(run(30), "t" + i, "other");
            }
        }
        assertThat(ids(again)).isEqualTo(once);
    }

    private static List<String> ids(MockProducer<byte[], byte[]> producer) {
        return producer.history().stream()
                .filter(record -> record.topic().equals("logs"))
                .map(record -> parsed(record.value()).getValue().getEventId())
                .toList();
    }

    private static KafkaRequest parsed(byte[] value) {
        try {
            return KafkaRequest.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Test
    void f26_rowsThatKafkaRefuses_areDropped_andTheSchemaIsToldAgain() {
        MockProducer<byte[], byte[]> producer = producer(false);
        FeatureLogSettings settings = settings("logs", 1 << 20);
        LogTopics topics = new LogTopics(producer, settings, new LogMeters(meters));
        LogSchema schema = LogSchema.of(LoggedPlan.example(100));
        topics.tell(schema);
        topics.log(new byte[1], 3);
        assertThat(rows("delivered")).isZero();
        producer.errorNext(new TimeoutException("no broker"));
        producer.errorNext(new TimeoutException("no broker"));

        topics.tell(schema);
        topics.log(new byte[1], 2);
        producer.completeNext();
        producer.completeNext();
        topics.tell(schema);

        assertThat(rows("dropped_kafka")).isEqualTo(3);
        assertThat(rows("delivered")).isEqualTo(2);
        assertThat(producer.history())
                .extracting(ProducerRecord::topic)
                .containsExactly("schemas", "logs", "schemas", "logs");
    }

    @Test
    void queue_thatIsFull_dropsAndCounts_andAnswersGoOn() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        MockProducer<byte[], byte[]> stuck =
                new MockProducer<>(
                        true, null, new ByteArraySerializer(), new ByteArraySerializer()) {
                    @Override
                    public Future<RecordMetadata> send(
                            ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
                        try {
                            held.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        return super.send(record, callback);
                    }
                };
        int requests = 1_000;
        try (FeatureLog log = log(stuck, 20_000)) {
            for (int i = 0; i < requests; i++) {
                log.answered(run(100), "t" + i, "");
            }
            assertThat(rows("dropped_queue")).isPositive();
            assertThat(meters.get("dhara.inferflow.log.queue").gauge().value())
                    .isLessThanOrEqualTo(20_000);
            held.countDown();
        }
        assertThat(rows("delivered") + rows("dropped_queue")).isEqualTo(2 * requests);
        assertThat(meters.get("dhara.inferflow.log.queue").gauge().value()).isZero();
    }

    @Test
    void f25_modelThatLogs_withoutTopics_isRefusedAtTheStart() {
        GraphRegistry graphs = new OneGraph(LoggedPlan.example(10));

        assertThatThrownBy(
                        () -> FeatureLog.open(settings("", 1), graphs, Clock.systemUTC(), meters))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("inferflow.log.topic")
                .hasMessageContaining("[m1]");
        try (FeatureLog off =
                FeatureLog.open(
                        settings("", 1),
                        new OneGraph(LoggedPlan.example(0)),
                        Clock.systemUTC(),
                        meters)) {
            off.answered(run(100), "t1", "");
        }
        assertThat(rows("dropped_off")).isEqualTo(2);
        assertThatThrownBy(
                        () ->
                                new FeatureLogSettings(
                                        Map.of(), "t", "", true, 1, 1, 1, Duration.ofSeconds(1)))
                .hasMessageContaining("both topic and schema-topic");
    }

    private record OneGraph(GraphPlan plan) implements GraphRegistry {
        @Override
        public @Nullable GraphPlan plan(String model) {
            return plans().get(model);
        }

        @Override
        public Map<String, GraphPlan> plans() {
            return Map.of(plan.model(), plan);
        }

        @Override
        public Map<String, String> problems() {
            return Map.of();
        }

        @Override
        public void close() {}
    }
}
