package io.dhara.flink.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.config.Settings;
import io.dhara.embedded.EmbeddedKafka;
import io.dhara.embedded.SharedServers;
import io.dhara.flink.config.KafkaSettings;
import io.dhara.flink.source.RawRecord;
import io.dhara.flink.source.RawRecordDeserializer;
import io.dhara.flink.source.RecordHeader;
import io.dhara.flink.source.SourcePosition;
import io.dhara.flink.source.SourceRecordLookup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** Records through a real broker: read whole, dead-lettered whole, found again by position. */
final class DeadLetterITCase {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final EmbeddedKafka broker = SharedServers.kafka();
    private final KafkaSettings kafka =
            KafkaSettings.from(
                    Settings.parse(Map.of("kafka.bootstrap-servers", broker.bootstrapServers())),
                    "dead-letters");
    private final String input = "input-" + UUID.randomUUID();
    private final String letters = "letters-" + UUID.randomUUID();

    private void produce() throws Exception {
        broker.createTopic(input, 1);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        kafka.producer(), new ByteArraySerializer(), new ByteArraySerializer())) {
            ProducerRecord<byte[], byte[]> first =
                    new ProducerRecord<>(input, 0, 1_234L, new byte[] {9}, new byte[] {0, -1, 7});
            first.headers().add("b", new byte[] {1}).add("a", null).add("b", new byte[] {2});
            producer.send(first).get(30, TimeUnit.SECONDS);
            ProducerRecord<byte[], byte[]> tombstone =
                    new ProducerRecord<>(input, 0, 1_235L, null, null, List.of());
            producer.send(tombstone).get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void rejectedRecords_areInTheDeadLetterTopicAsTheyCame() throws Exception {
        produce();
        broker.createTopic(letters, 1);
        rejectAll(1 << 20);

        List<RawRecord> found = consume(letters, 2);
        assertThat(found.get(0).key()).containsExactly(9);
        assertThat(found.get(0).value()).containsExactly(0, -1, 7);
        assertThat(found.get(0).headers().subList(0, 3))
                .usingRecursiveComparison()
                .isEqualTo(
                        List.of(
                                new RecordHeader("b", new byte[] {1}),
                                new RecordHeader("a", null),
                                new RecordHeader("b", new byte[] {2})));
        assertThat(found.get(0).headerText(DeadLetters.SOURCE)).isEqualTo(input + "/0/0");
        assertThat(found.get(0).headerText(DeadLetters.EVENT_TIME_MS)).isEqualTo("1234");
        assertThat(found.get(1).key()).isNull();
        assertThat(found.get(1).value()).isNull();
        assertThat(found.get(1).headerText(DeadLetters.SOURCE)).isEqualTo(input + "/0/1");
    }

    @Test
    void letterOfAMessageOfFourMegabytes_inATopicSetForIt_isWhole() throws Exception {
        produceBytes(4 << 20);
        broker.createTopic(letters, 1, Map.of("max.message.bytes", Integer.toString(5 << 20)));
        rejectAll(5 << 20);

        assertThat(consume(letters, 1).get(0).value()).hasSize(4 << 20);
    }

    @Test
    void topicThatTakesLessThanIsSet_getsTheLetterWithoutItsValue() throws Exception {
        produceBytes(20_000);
        broker.createTopic(letters, 1, Map.of("max.message.bytes", "10000"));
        rejectAll(5 << 20);

        RawRecord letter = consume(letters, 1).get(0);
        assertThat(letter.value()).isNull();
        assertThat(letter.headerText(DeadLetters.CONTENT)).isEqualTo(DeadLetters.CONTENT_CUT);
        assertThat(letter.headerText(DeadLetters.SOURCE)).isEqualTo(input + "/0/0");
    }

    private void produceBytes(int length) throws Exception {
        broker.createTopic(input, 1, Map.of("max.message.bytes", Integer.toString(8 << 20)));
        Properties config = kafka.producer();
        config.setProperty("max.request.size", Integer.toString(8 << 20));
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(input, new byte[length])).get(30, TimeUnit.SECONDS);
        }
    }

    /** Runs a job that rejects every record of the input topic. */
    private void rejectAll(int maxRecordBytes) throws Exception {
        Configuration conf = new Configuration();
        conf.setString("restart-strategy.type", "none");
        conf.setString("pipeline.generic-types", "false");
        conf.setString("parallelism.default", "1");
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(conf);
        KafkaSource<RawRecord> source =
                KafkaSource.<RawRecord>builder()
                        .setProperties(kafka.consumer())
                        .setTopics(input)
                        .setStartingOffsets(OffsetsInitializer.earliest())
                        .setBounded(OffsetsInitializer.latest())
                        .setDeserializer(new RawRecordDeserializer())
                        .build();
        // Rebalanced, so that both types cross the network stack.
        env.fromSource(source, WatermarkStrategy.noWatermarks(), "input")
                .rebalance()
                .map(
                        record ->
                                new RejectedRecord(
                                        record,
                                        record.timestampMillis(),
                                        1,
                                        List.of(new Rejection(0, "fp", "wrong-type", "why"))))
                .returns(RejectedRecord.TYPE)
                .rebalance()
                .sinkTo(DeadLetterSink.of(kafka, letters, maxRecordBytes));
        env.executeAsync("dead letters")
                .getJobExecutionResult()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void letters_ofAnySizeAroundTheLimit_areTakenByTheProducer() throws Exception {
        broker.createTopic(letters, 1);
        int limit = 20_000;
        DeadLetters format = new DeadLetters(letters, limit);
        Properties config = kafka.producer();
        config.setProperty("max.request.size", Integer.toString(limit));
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int size = limit - 1_000; size <= limit; size++) {
                RawRecord record =
                        new RawRecord(input, 0, size, 1, null, new byte[size], List.of());
                RejectedRecord rejected =
                        new RejectedRecord(
                                record, 1, 1, List.of(new Rejection(0, "fp", "r", "why")));
                sent.add(producer.send(format.toRecord(rejected)));
            }
        }
        for (Future<RecordMetadata> one : sent) {
            assertThat(one.get(30, TimeUnit.SECONDS).hasOffset()).isTrue();
        }
    }

    @Test
    void lookup_recordThere_isFoundWhole_recordGone_isEmpty() throws Exception {
        produce();
        try (SourceRecordLookup lookup = new SourceRecordLookup(kafka.consumer(), PATIENCE)) {
            RawRecord found = find(lookup, input, 0).orElseThrow();
            assertThat(found.value()).containsExactly(0, -1, 7);
            assertThat(found.timestampMillis()).isEqualTo(1_234);
            assertThat(found.headers()).hasSize(3);
            assertThat(find(lookup, input, 1).orElseThrow().value()).isNull();
            assertThat(find(lookup, input, 2)).isEmpty();
            assertThat(find(lookup, "no-such-" + input, 0)).isEmpty();
            assertThat(find(lookup, "", -1)).isEmpty();

            deleteFirst();
            assertThat(find(lookup, input, 0)).isEmpty();
            assertThat(find(lookup, input, 1)).isPresent();
        }
    }

    private static Optional<RawRecord> find(SourceRecordLookup lookup, String topic, long offset)
            throws Exception {
        SourcePosition position =
                topic.isEmpty() ? SourcePosition.NONE : new SourcePosition(topic, 0, offset);
        return lookup.find(position)
                .toCompletableFuture()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private void deleteFirst() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.deleteRecords(
                            Map.of(new TopicPartition(input, 0), RecordsToDelete.beforeOffset(1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private List<RawRecord> consume(String topic, int count) {
        List<RawRecord> found = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        Map.of(
                                "bootstrap.servers",
                                kafka.bootstrapServers(),
                                "auto.offset.reset",
                                "earliest"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (found.size() < count && System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    found.add(RawRecordDeserializer.toRawRecord(record));
                }
            }
        }
        assertThat(found).hasSize(count);
        return found;
    }
}
