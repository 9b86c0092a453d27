package io.dhara.ingest;

import static io.dhara.ingest.Messages.fp32;
import static io.dhara.ingest.Messages.group;
import static io.dhara.ingest.Messages.int32;
import static io.dhara.ingest.Messages.int64;
import static io.dhara.ingest.Messages.query;
import static io.dhara.ingest.Messages.row;
import static io.dhara.ingest.Messages.strings;
import static io.dhara.ingest.Messages.vectors;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.flink.sink.DeadLetters;
import io.dhara.flink.testkit.TestCluster;
import io.dhara.proto.persist.Query;
import io.dhara.proto.v1.Invalidation;
import io.dhara.proto.v1.Outcome;
import io.dhara.proto.v1.WaitToken;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole path: Kafka in, both stores, dead letters and invalidations out. */
class IngestPathITCase {
    private static final Duration WITHIN = Duration.ofSeconds(40);
    private static final Duration POLL = Duration.ofMillis(300);

    private static TestCluster cluster;

    private IngestBed bed;
    private JobClient job;

    @BeforeAll
    static void startCluster(@TempDir Path folder) throws Exception {
        cluster = TestCluster.start(folder);
    }

    @AfterAll
    static void stopCluster() throws Exception {
        cluster.close();
    }

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        bed = IngestBed.open(IngestBed.Servers.shared(), folder);
        job = FeatureIngestJob.submit(cluster.environment(2), bed.config());
    }

    @AfterEach
    void stop() throws Exception {
        assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
        job.cancel().get();
        bed.close();
    }

    private ProducerRecord<byte[], byte[]> record(byte[] value, String key, String... headers) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(
                        bed.config().topics().features(),
                        key.getBytes(StandardCharsets.UTF_8),
                        value);
        for (int i = 0; i < headers.length; i += 2) {
            record.headers().add(headers[i], headers[i + 1].getBytes(StandardCharsets.UTF_8));
        }
        return record;
    }

    private Query one(String group, io.dhara.proto.persist.Values values, String... labels) {
        return query(bed.entity(), "user_id", group, labels).addData(row("bad", values)).build();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    @Test
    void load_reachesBothStores_andTheCountsAddUp() throws Exception {
        Load load = new Load(bed, "k", 50, 7);
        List<ProducerRecord<byte[], byte[]>> records = load.next(500);
        records.add(record(new byte[] {1, 2, 3}, "bad"));
        records.add(record(one("counts", int64(1), "a").toByteArray(), "bad"));
        records.add(record(one("nowhere", int32(1), "n").toByteArray(), "refused"));
        Query flags = one("flags", Messages.bools(true), "x");
        String longAgo = Long.toString(System.currentTimeMillis() - 7_300_000);
        records.add(record(flags.toByteArray(), "expired", "dhara-event-time-ms", longAgo));
        long in = 0;
        for (ProducerRecord<byte[], byte[]> sent : records) {
            in += units(sent.value());
        }
        bed.sendAll(records);
        long expected = in;
        Awaitility.await()
                .atMost(WITHIN)
                .pollInterval(POLL)
                .untilAsserted(
                        () -> {
                            assertThat(load.differences()).isEmpty();
                            assertThat(cluster.count(job, "dhara.rowsIn")).isEqualTo(expected);
                            assertThat(
                                            cluster.count(job, "rowsWritten")
                                                    + cluster.count(job, "dhara.rowsCombined")
                                                    + cluster.count(job, "dhara.rowsRejected")
                                                    + cluster.count(job, "rowsRefused")
                                                    + cluster.count(job, "rowsExpired"))
                                    .isEqualTo(expected);
                        });
        assertThat(cluster.count(job, "dhara.rowsRejected")).isEqualTo(2);
        assertThat(cluster.count(job, "rowsRefused")).isEqualTo(1);
        assertThat(cluster.count(job, "rowsExpired")).isEqualTo(1);
        assertThat(cluster.count(job, "dhara.messagesIn")).isEqualTo(records.size());
        assertThat(cluster.count(job, "dhara.reason.unparsable.messages")).isEqualTo(1);
    }

    private static long units(byte[] value) {
        try {
            Query query = Query.parseFrom(value);
            return (long) query.getDataCount() * query.getFeatureGroupSchemaCount();
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            return 1;
        }
    }

    @Test
    void everyRejection_isADeadLetterWithTheOriginal() {
        Map<String, ProducerRecord<byte[], byte[]>> bad = rejectedByReason();
        ProducerRecord<byte[], byte[]> mixed =
                record(
                        query(bed.entity(), "user_id", "counts", "a")
                                .addData(row("good", int32(1)))
                                .addData(row("bad", int32(1, 2)))
                                .build()
                                .toByteArray(),
                        "mixed");
        bed.sendAll(bad.values());
        bed.sendAll(List.of(mixed));
        Map<String, ConsumerRecord<byte[], byte[]>> letters = new TreeMap<>();
        Awaitility.await()
                .atMost(WITHIN)
                .pollInterval(POLL)
                .untilAsserted(
                        () -> {
                            bed.records(bed.config().topics().deadLetters())
                                    .forEach(
                                            r ->
                                                    letters.put(
                                                            new String(
                                                                    r.key(),
                                                                    StandardCharsets.UTF_8),
                                                            r));
                            assertThat(letters).hasSize(bad.size() + 1);
                        });
        bad.forEach((reason, sent) -> assertLetter(letters.get(reason), sent, reason));
        ConsumerRecord<byte[], byte[]> letter = letters.get("mixed");
        assertThat(header(letter, DeadLetters.REASON)).isEqualTo("wrong-count");
        assertThat(header(letter, DeadLetters.REJECTED)).isEqualTo("1");
        assertThat(header(letter, DeadLetters.ROWS)).contains("\"row\":1", "\"group\":\"counts\"");
        Awaitility.await()
                .atMost(WITHIN)
                .until(
                        () ->
                                bed.stored("counts", List.of("good", "bad"))
                                        .keySet()
                                        .equals(java.util.Set.of("good")));
    }

    private static void assertLetter(
            ConsumerRecord<byte[], byte[]> letter,
            ProducerRecord<byte[], byte[]> sent,
            String reason) {
        assertThat(letter).as(reason).isNotNull();
        assertThat(header(letter, DeadLetters.REASON)).isEqualTo(reason);
        assertThat(letter.value()).as(reason).isEqualTo(sent.value());
        assertThat(header(letter, DeadLetters.SOURCE)).startsWith(sent.topic() + "/");
        assertThat(header(letter, DeadLetters.DETAIL)).isNotEmpty();
        assertThat(header(letter, DeadLetters.EVENT_TIME_MS)).isNotEmpty();
        for (Header header : sent.headers()) {
            assertThat(letter.headers().lastHeader(header.key()).value()).isEqualTo(header.value());
        }
    }

    /** A message for every reason that a message of a producer can have. */
    private Map<String, ProducerRecord<byte[], byte[]>> rejectedByReason() {
        Map<String, ProducerRecord<byte[], byte[]>> bad = new LinkedHashMap<>();
        put(bad, "unparsable", new byte[] {(byte) 0xff, 0, 1});
        put(bad, "oversized-message", new byte[64 * 1024 + 1]);
        put(bad, "empty-message", new byte[0]);
        Query good = one("counts", int32(1), "a");
        put(bad, "bad-header", good.toByteArray(), "dhara-schema-version", "x");
        put(bad, "no-event-time", good.toByteArray(), "dhara-event-time-ms", "-1");
        put(bad, "future-event-time", good.toByteArray(), "dhara-event-time-ms", "4000000000000");
        put(bad, "unknown-version", good.toByteArray(), "dhara-schema-version", "counts=9");
        put(bad, "unknown-entity", good.toBuilder().setEntityLabel("nobody").build().toByteArray());
        put(bad, "unknown-group", one("nosuch", int32(1), "a"));
        put(bad, "unknown-feature", one("counts", int32(1), "nosuch"));
        put(bad, "duplicate-feature", one("counts", int32(1, 2), "a", "a"));
        put(
                bad,
                "duplicate-group",
                good.toBuilder()
                        .setData(0, row("twice", int32(1), int32(1)))
                        .addFeatureGroupSchema(group("counts", "a"))
                        .build());
        put(bad, "key-mismatch", good.toBuilder().setKeysSchema(0, "other").build());
        put(bad, "missing-values", good.toBuilder().setData(0, row("bad")).build());
        put(bad, "wrong-type", one("counts", int64(1), "a"));
        put(bad, "wrong-count", one("counts", int32(1, 2), "a"));
        put(bad, "wrong-vector-length", one("vector", vectors(fp32(1)), "v"));
        put(bad, "string-too-long", one("words", strings("x".repeat(41)), "brief"));
        put(bad, "not-a-number", one("score", fp32(Double.NaN), "f"));
        put(bad, "out-of-range", one("tiny", int32(128), "i"));
        put(bad, "store-refused", one("nowhere", int32(1), "n"));
        return bad;
    }

    private void put(Map<String, ProducerRecord<byte[], byte[]>> bad, String reason, Query query) {
        put(bad, reason, query.toByteArray());
    }

    private void put(
            Map<String, ProducerRecord<byte[], byte[]>> bad,
            String reason,
            byte[] value,
            String... headers) {
        ProducerRecord<byte[], byte[]> record = record(value, reason, headers);
        record.headers().add("trace", reason.getBytes(StandardCharsets.UTF_8));
        bad.put(reason, record);
    }

    @Test
    void abortedTransaction_isNotWritten() {
        Query aborted =
                query(bed.entity(), "user_id", "counts", "a").addData(row("t", int32(1))).build();
        Query committed =
                query(bed.entity(), "user_id", "counts", "a").addData(row("c", int32(2))).build();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers",
                                bed.config().kafka().bootstrapServers(),
                                "transactional.id",
                                bed.entity()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(record(aborted.toByteArray(), "same-partition"));
            producer.flush();
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(record(committed.toByteArray(), "same-partition"));
            producer.commitTransaction();
        }
        Awaitility.await()
                .atMost(WITHIN)
                .pollInterval(POLL)
                .until(() -> bed.stored("counts", List.of("c")).size() == 1);
        assertThat(bed.stored("counts", List.of("t"))).isEmpty();
    }

    @Test
    void everyUnitWaitedFor_isToldOnTheInvalidationTopic() {
        String now = Long.toString(System.currentTimeMillis());
        String before = Long.toString(System.currentTimeMillis() - 1000);
        Query mixed =
                Query.newBuilder()
                        .setEntityLabel(bed.entity())
                        .addKeysSchema("user_id")
                        .addFeatureGroupSchema(group("counts", "a"))
                        .addFeatureGroupSchema(group("score", "f"))
                        .addFeatureGroupSchema(group("nowhere", "n"))
                        .addData(row("w1", int32(1), fp32(1), int32(1)))
                        .addData(row("w1", int32(2), fp32(Double.NaN), int32(1)))
                        .addData(row("w2", int32(3), fp32(3), int64(1)))
                        .build();
        Query superseded =
                query(bed.entity(), "user_id", "counts", "a").addData(row("w1", int32(0))).build();
        bed.sendAll(
                List.of(
                        record(
                                mixed.toByteArray(),
                                "m",
                                "dhara-request-id",
                                "r1",
                                "dhara-event-time-ms",
                                now),
                        record(
                                superseded.toByteArray(),
                                "m",
                                "dhara-request-id",
                                "r2",
                                "dhara-event-time-ms",
                                before)));
        Map<String, Map<Integer, Outcome>> told = new TreeMap<>();
        List<Invalidation> all = new ArrayList<>();
        Awaitility.await()
                .atMost(WITHIN)
                .pollInterval(POLL)
                .untilAsserted(
                        () -> {
                            collect(all, told);
                            assertThat(told.getOrDefault("r1", Map.of())).hasSize(9);
                            assertThat(told.getOrDefault("r2", Map.of())).hasSize(1);
                        });
        assertThat(told.get("r1"))
                .containsEntry(0, Outcome.OUTCOME_APPLIED)
                .containsEntry(1, Outcome.OUTCOME_APPLIED)
                .containsEntry(2, Outcome.OUTCOME_REJECTED)
                .containsEntry(3, Outcome.OUTCOME_APPLIED)
                .containsEntry(4, Outcome.OUTCOME_REJECTED)
                .containsEntry(5, Outcome.OUTCOME_REJECTED)
                .containsEntry(6, Outcome.OUTCOME_APPLIED)
                .containsEntry(7, Outcome.OUTCOME_APPLIED)
                .containsEntry(8, Outcome.OUTCOME_REJECTED);
        assertThat(told.get("r2")).containsEntry(0, Outcome.OUTCOME_APPLIED);
        assertThat(all)
                .filteredOn(i -> i.getOutcome() == Outcome.OUTCOME_APPLIED)
                .allSatisfy(
                        i -> {
                            assertThat(i.getEntity()).isEqualTo(bed.entity());
                            assertThat(i.getWriteTimeMicros()).isPositive();
                            assertThat(i.getGroupsList()).isNotEmpty();
                        });
        assertThat(all)
                .filteredOn(i -> i.getOutcome() == Outcome.OUTCOME_REJECTED)
                .extracting(Invalidation::getReason)
                .contains("not-a-number", "wrong-type", "store-refused");
    }

    private void collect(List<Invalidation> all, Map<String, Map<Integer, Outcome>> told)
            throws Exception {
        all.clear();
        told.clear();
        for (ConsumerRecord<byte[], byte[]> record :
                bed.records(bed.config().topics().invalidations())) {
            Invalidation invalidation = Invalidation.parseFrom(record.value());
            all.add(invalidation);
            for (WaitToken wait : invalidation.getWaitsList()) {
                told.computeIfAbsent(wait.getRequestId(), id -> new TreeMap<>())
                        .put(wait.getUnit(), invalidation.getOutcome());
            }
        }
    }
}
