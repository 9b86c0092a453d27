package io.dhara.sessionizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dhara.core.interaction.Interaction;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.flink.sink.DeadLetters;
import io.dhara.flink.testkit.TestCluster;
import io.dhara.proto.v1.InteractionEvent;
import io.dhara.proto.v1.SessionClosed;
import io.dhara.proto.v1.SessionRecord;
import io.dhara.sessionizer.SessionBed.Servers;
import io.dhara.stores.interaction.HotAnswer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole path on real servers: records in, both tiers, sessions and dead letters out. */
class InteractionPathITCase {
    private static final Duration WITHIN = Duration.ofSeconds(90);
    private static final Duration POLL = Duration.ofMillis(300);

    private static final Map<String, String> SETTINGS =
            Map.of(
                    "interactions.lateness", "200 ms",
                    "interactions.idle-after", "1 s",
                    "interactions.clock-tick", "200 ms");

    private static TestCluster cluster;
    private static EmbeddedRedis redis;

    private final long now = System.currentTimeMillis();
    private SessionBed bed;
    private JobClient job;

    @BeforeAll
    static void startCluster(@TempDir Path folder) throws Exception {
        redis = EmbeddedRedis.start(folder.resolve("redis"));
        cluster = TestCluster.startOnRocksDb(folder.resolve("checkpoints"));
    }

    @AfterAll
    static void stopCluster() throws Exception {
        cluster.close();
        redis.close();
    }

    private void start(String sessionGap) throws Exception {
        Map<String, String> settings = new HashMap<>(SETTINGS);
        settings.put("interactions.session-gap", sessionGap);
        bed = SessionBed.open(Servers.shared(redis), settings);
        job = InteractionSessionizerJob.submit(cluster.environment(2), bed.config());
    }

    @AfterEach
    void close() throws Exception {
        if (!job.getJobStatus().get().isGloballyTerminalState()) {
            job.cancel().get();
        }
        bed.close();
    }

    private static void until(ThrowingRunnable assertion) {
        await().atMost(WITHIN).pollInterval(POLL).untilAsserted(assertion);
    }

    private String click(String user, long product) {
        return "{\"data\":{\"payload\":{\"user_id\":\""
                + user
                + "\",\"catalog_id\":101,\"product_id\":"
                + product
                + ",\"clicked_at\":"
                + now
                + ",\"metadata\":\"ab\"}}}";
    }

    private void send(String source, String key, String json) {
        bed.send(source, key, json.getBytes(StandardCharsets.UTF_8));
    }

    private void send(InteractionEvent event) {
        bed.send("events", event.getUserId(), event.toByteArray());
    }

    private InteractionEvent event(String user, String type, long millis) {
        return InteractionEvent.newBuilder()
                .setUserId(user)
                .setType(type)
                .setProductId(7)
                .setEventTimeMs(millis)
                .build();
    }

    private Interaction share(String user) {
        return new Interaction(user, "SHARE", 7, 0, now - 400, "", "");
    }

    private List<Interaction> cold(String user, String type) {
        return bed.tiers()
                .cold(List.of(user))
                .getOrDefault(user, Map.of())
                .getOrDefault(type, List.of());
    }

    private List<SessionRecord> sessions(String user) {
        return bed.sessions().stream().filter(session -> session.getUserId().equals(user)).toList();
    }

    private List<ConsumerRecord<byte[], byte[]>> deadLetters() {
        return bed.records(bed.config().topics().deadLetters());
    }

    private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        Header header = letter.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    @Test
    void allFormats_meetInOneSession_badOnesInTheDeadLetterTopic() throws Exception {
        start("10 s");
        String user = Long.toString(now);
        send(event(user, "APP_OPEN", now - 900));
        send("clicks", user, click(user, 2002));
        send("clicks", user, click(user, 2002));
        send(
                "orders",
                user,
                ("{'meta':{'timestamp':%d},'data':{'user_id':%s,'order_splits':[{'order_details':["
                                + "{'product_id':1,'sub_order_num':'S1'},{'product_id':'x'},"
                                + "{'product_id':3,'sub_order_num':'S3'}]}]}}")
                        .replace('\'', '"')
                        .formatted(now - 500, user));
        send(event(user, "SHARE", now - 400));
        send("clicks", "k", click("-1", 5));
        bed.send("clicks", "k", (byte[]) null);
        send(event(user, "LIKE", now));
        send(event(user, "CLICK", now - Duration.ofDays(170).toMillis()));
        bed.flush();

        until(() -> assertThat(sessions(user)).hasSize(1));
        SessionRecord session = sessions(user).get(0);
        assertThat(session.getClosed()).isEqualTo(SessionClosed.SESSION_CLOSED_GAP);
        assertThat(session.getStartMs()).isEqualTo(now - 900);
        assertThat(session.getEndMs()).isEqualTo(now);
        assertThat(session.getCountsMap())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("APP_OPEN", 1, "CLICK", 1, "ORDER", 2, "SHARE", 1));
        until(
                () -> {
                    assertThat(cold(user, "CLICK"))
                            .containsExactly(
                                    new Interaction(user, "CLICK", 2002, 101, now, "", "ab"));
                    assertThat(cold(user, "ORDER"))
                            .extracting(Interaction::subOrder)
                            .containsExactly("S1", "S3");
                    assertThat(cold(user, "SHARE")).containsExactly(share(user));
                });
        until(() -> assertThat(deadLetters()).hasSize(5));
        Map<String, String> rejectedOfReason = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> letter : deadLetters()) {
            rejectedOfReason.put(
                    header(letter, DeadLetters.REASON), header(letter, DeadLetters.ROWS));
        }
        assertThat(rejectedOfReason.keySet())
                .containsExactly("bad-field", "no-user", "no-value", "too-old", "unknown-type");
        assertThat(rejectedOfReason.get("bad-field")).contains("\"row\":1", "product_id");
        assertThat(cluster.count(job, "eventsIn")).isEqualTo(11);
        assertThat(cluster.count(job, "eventsRejected")).isEqualTo(5);
        assertThat(cluster.count(job, "recordsIn")).isEqualTo(9);
    }

    @Test
    void openSession_isInTheHotTier_untilTheJobIsDrained(@TempDir Path savepoints)
            throws Exception {
        start("1 h");
        String user = "path-" + now;
        send(event(user, "SHARE", now - 400));
        bed.flush();
        until(
                () -> {
                    assertThat(bed.tiers().hot(user).state()).isEqualTo(HotAnswer.State.HOT);
                    assertThat(bed.tiers().readAll(List.of(user)).get(user).all())
                            .containsExactly(share(user));
                });
        assertThat(cold(user, "SHARE")).isEmpty();

        cluster.stop(job, true, savepoints);

        assertThat(cold(user, "SHARE")).containsExactly(share(user));
        assertThat(bed.tiers().hot(user).state()).isEqualTo(HotAnswer.State.ABSENT);
        List<SessionRecord> sessions = sessions(user);
        assertThat(sessions)
                .extracting(SessionRecord::getClosed)
                .containsExactly(SessionClosed.SESSION_CLOSED_STOP);
    }
}
