package io.dhara.realtime.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.embedded.SharedServers;
import io.dhara.flink.sink.DeadLetters;
import io.dhara.flink.testkit.TestCluster;
import io.dhara.realtime.source.SourceBed.Arrived;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading on a real broker: partitions, selects, dead letters, files before the topic. */
class SourcesITCase {
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final String DEFINITION =
            """
            name: reading
            sources:
              orders:
                topic: TOPIC-orders
                format: json
                event-time: at
                out-of-orderness: 1 s
                idle-after: 500 ms
                fields: {user_id: string, kind: string, amount: int64, at: int64, shop.city: string}
              clicks:
                topic: TOPIC-clicks
                format: json
                event-time: at
                out-of-orderness: 1 s
                idle-after: 500 ms
                fields: {user_id: string, item: int64, at: int64}
            groups:
              - entity: user
                group: all
                source: orders
                key: [user_id]
                features: [{name: n_1m, aggregate: count, windows: [1 min]}]
              - entity: user
                group: chosen
                select: |
                  SELECT user_id, amount / 100.0 AS rupees, `shop.city` AS city, event_time
                  FROM orders WHERE kind = 'paid'
                columns: {user_id: string, rupees: double, city: string}
                key: [user_id]
                features: [{name: n_1m, aggregate: count, windows: [1 min]}]
              - entity: user
                group: joined
                select: |
                  SELECT o.user_id, c.item, o.event_time
                  FROM orders o JOIN clicks c ON o.user_id = c.user_id
                  AND c.event_time BETWEEN o.event_time - INTERVAL '10' MINUTE AND o.event_time
                columns: {item: int64, user_id: string}
                key: [user_id]
                features: [{name: n_1m, aggregate: count, windows: [1 min]}]
            """;

    @Test
    void partitionsSelectsAndBadRecords_loseNothing(@TempDir Path folder) throws Exception {
        long now = System.currentTimeMillis();
        try (SourceBed bed = new SourceBed(SharedServers.kafka(), DEFINITION);
                TestCluster cluster = TestCluster.start(folder.resolve("checkpoints"))) {
            bed.send("clicks", 0, click("u1", 7, now - 60_000));
            bed.send("orders", 0, order("u1", "paid", 1250, now - 30_000));
            bed.send("orders", 1, order("u2", "paid", 50, now - 31_000));
            bed.send("orders", 0, order("u1", "open", 1, now - 32_000)); // out of order
            bed.send("orders", 0, "{\"user_id\": 5}");
            bed.send("orders", 0, "not json");
            bed.send("orders", 1, order("u9", "paid", 1, now + 3_600_000));
            bed.send("orders", 1, order("u9", "paid", 1, now).replace("}", " ".repeat(999) + "}"));
            JobClient job = bed.submit(cluster.environment(2), Map.of());
            await(
                    () -> {
                        assertThat(values(bed.arrived("user/all")))
                                .containsExactly(
                                        "[u1, open, 1, " + (now - 32_000) + ", Pune]",
                                        "[u2, paid, 50, " + (now - 31_000) + ", Pune]",
                                        "[u1, paid, 1250, " + (now - 30_000) + ", Pune]");
                        assertThat(values(bed.arrived("user/chosen")))
                                .containsExactly("[u2, 0.5, Pune]", "[u1, 12.5, Pune]");
                        assertThat(bed.deadLetters()).hasSize(4);
                    });
            assertDeadLetters(bed);

            // Only one partition goes on. An order of an hour ago comes behind the watermark.
            List<String> paid = new ArrayList<>();
            await(
                    () -> {
                        long at = System.currentTimeMillis() - 3_600_000;
                        paid.add("[u3, " + at % 1_000 / 100.0 + ", Pune]");
                        bed.send("orders", 0, order("u4", "open", 1, now - 10_000));
                        bed.send("orders", 0, order("u3", "paid", at % 1_000, at));
                        assertThat(bed.arrived("user/chosen"))
                                .anyMatch(
                                        event ->
                                                event.values().startsWith("[u3")
                                                        && event.watermarkMillis() > now - 15_000);
                    });
            await(
                    () ->
                            assertThat(values(bed.arrived("user/chosen")))
                                    .containsAll(paid)
                                    .hasSize(2 + paid.size()));
            assertThat(values(bed.arrived("user/joined"))).contains("[7, u1]");
            job.cancel().get();
        }
    }

    private static void assertDeadLetters(SourceBed bed) {
        Map<String, String> reasons = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> letter : bed.deadLetters()) {
            assertThat(new String(letter.key(), StandardCharsets.UTF_8)).isEqualTo("k");
            assertThat(header(letter, DeadLetters.SOURCE)).startsWith(bed.topic("orders") + "/");
            reasons.put(
                    header(letter, DeadLetters.REASON),
                    new String(letter.value(), StandardCharsets.UTF_8).strip());
        }
        assertThat(reasons.keySet())
                .containsExactly("bad-field", "future-event-time", "malformed", "oversized-record");
        assertThat(reasons)
                .containsEntry("bad-field", "{\"user_id\": 5}")
                .containsEntry("malformed", "not json");
    }

    private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    @Test
    void filesThenTopic_stoppedAndRestored_countOnce(@TempDir Path folder) throws Exception {
        long now = System.currentTimeMillis();
        long seam = now - 100_000;
        Path files = Files.createDirectories(folder.resolve("events"));
        write(files.resolve("b.jsonl.gz"), now, LongStream.rangeClosed(100_001, 102_000));
        write(files.resolve("a.jsonl"), now, LongStream.rangeClosed(102_001, 104_000));
        // The topic has some of them too, and the files some that are the topic's.
        write(files.resolve("c.jsonl"), now, LongStream.of(99_000, 98_000));
        Map<String, FileEvents> before =
                Map.of(
                        "orders",
                        new FileEvents(List.of(files.toString()), Instant.ofEpochMilli(seam)));
        try (SourceBed bed = new SourceBed(SharedServers.kafka(), DEFINITION);
                TestCluster cluster = TestCluster.start(folder.resolve("checkpoints"))) {
            bed.send("orders", 0, order("u", "open", 1, now - 100_500));
            bed.send("orders", 0, order("u", "open", 1, now - 100_000));
            bed.send("orders", 1, order("u", "open", 1, now - 99_000));
            JobClient job = bed.submit(cluster.environment(2), before);
            await(() -> assertThat(bed.arrived("user/all")).hasSizeGreaterThan(4_001));
            String savepoint = cluster.stop(job, false, folder.resolve("savepoints"));
            bed.send("orders", 1, order("u", "open", 1, now - 98_000));
            job = bed.submit(cluster.environment(1, savepoint), before);
            List<Long> expected =
                    LongStream.concat(
                                    LongStream.rangeClosed(100_001, 104_000),
                                    LongStream.of(100_000, 99_000, 98_000))
                            .map(ago -> now - ago)
                            .sorted()
                            .boxed()
                            .toList();
            await(
                    () ->
                            assertThat(bed.arrived("user/all"))
                                    .extracting(Arrived::eventTimeMillis)
                                    .isEqualTo(expected));
            assertThat(bed.deadLetters()).hasSize(1);
            assertThat(header(bed.deadLetters().get(0), DeadLetters.SOURCE))
                    .endsWith("events/c.jsonl/-1/2");
            job.cancel().get();
        }
    }

    /** Oldest first; the last line of file c is no event. */
    private static void write(Path file, long now, LongStream millisAgo) throws IOException {
        boolean packed = file.toString().endsWith(".gz");
        StringBuilder lines = new StringBuilder();
        millisAgo
                .boxed()
                .sorted((a, b) -> Long.compare(b, a))
                .forEach(ago -> lines.append(order("u", "open", 1, now - ago)).append('\n'));
        if (file.toString().endsWith("c.jsonl")) {
            lines.append("no event");
        }
        try (OutputStream out =
                packed
                        ? new GZIPOutputStream(Files.newOutputStream(file))
                        : Files.newOutputStream(file)) {
            out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String order(String user, String kind, long amount, long at) {
        return "{\"user_id\": \"%s\", \"kind\": \"%s\", \"amount\": %d, \"at\": %d, \"shop\": {\"city\": \"Pune\"}}"
                .formatted(user, kind, amount, at);
    }

    private static String click(String user, long item, long at) {
        return "{\"user_id\": \"%s\", \"item\": %d, \"at\": %d}".formatted(user, item, at);
    }

    private static List<String> values(List<Arrived> events) {
        return events.stream().map(Arrived::values).toList();
    }

    private static void await(ThrowingRunnable assertion) {
        Awaitility.await()
                .atMost(WITHIN)
                .pollInterval(Duration.ofMillis(300))
                .untilAsserted(assertion);
    }
}
