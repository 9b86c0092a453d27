package io.dhara.sessionizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dhara.core.interaction.Interaction;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.embedded.SharedServers;
import io.dhara.flink.sink.DeadLetters;
import io.dhara.flink.testkit.TestCluster;
import io.dhara.proto.v1.InteractionEvent;
import io.dhara.proto.v1.SessionClosed;
import io.dhara.proto.v1.SessionRecord;
import io.dhara.stores.interaction.HotAnswer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
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

    private static TestCluster cluster;
    private static EmbeddedRedis redis;

    private final long now = System.currentTimeMillis();
    private SessionizerBed bed;
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
        bed =
                new SessionizerBed(
                        new SessionizerBed.Servers(
                                SharedServers.kafka(), redis, SharedServers.cassandra()),
                        Map.of("interactions.session-gap", sessionGap));
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

    private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        Header header = letter.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    @Test
    void allFormats_meetInOneSession_badOnesInTheDeadLetterTopic() throws Exception {
        start("10 s");
        String user = Long.toString(now);
        bed.send(event(user, "APP_OPEN", now - 900));
        bed.send("clicks", user, click(user, 2002));
        bed.send("clicks", user, click(user, 2002));
        bed.send(
                "orders",
                user,
                ("{'meta':{'timestamp':%d},'data':{'user_id':%s,'order_splits':[{'order_details':["
                                + "{'product_id':1,'sub_order_num':'S1'},{'product_id':'x'},"
                                + "{'product_id':3,'sub_order_num':'S3'}]}]}}")
                        .replace('\'', '"')
                        .formatted(now - 500, user));
        bed.send(event(user, "SHARE", now - 400));
        bed.send("clicks", "k", click("-1", 5));
        bed.send("clicks", "k", (byte[]) null);
        bed.send(event(user, "LIKE", now));
        bed.send(event(user, "CLICK", now - Duration.ofDays(170).toMillis()));
        bed.flush();

        until(() -> assertThat(bed.sessions(user)).hasSize(1));
        SessionRecord session = bed.sessions(user).get(0);
        assertThat(session.getClosed()).isEqualTo(SessionClosed.SESSION_CLOSED_GAP);
        assertThat(session.getStartMs()).isEqualTo(now - 900);
        assertThat(session.getEndMs()).isEqualTo(now);
        assertThat(session.getCountsMap())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("APP_OPEN", 1, "CLICK", 1, "ORDER", 2, "SHARE", 1));
        until(
                () -> {
                    assertThat(bed.cold(user, "CLICK"))
                            .containsExactly(
                                    new Interaction(user, "CLICK", 2002, 101, now, "", "ab"));
                    assertThat(bed.cold(user, "ORDER"))
                            .extracting(Interaction::subOrder)
                            .containsExactly("S1", "S3");
                    assertThat(bed.cold(user, "SHARE")).containsExactly(share(user));
                });
        until(() -> assertThat(bed.deadLetters()).hasSize(5));
        Map<String, String> rejectedOfReason = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> letter : bed.deadLetters()) {
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
        String user = bed.user("u");
        bed.send(event(user, "SHARE", now - 400));
        bed.flush();
        until(
                () -> {
                    HotAnswer answer = bed.hot(user, "SHARE");
                    assertThat(answer.state()).isEqualTo(HotAnswer.State.HOT);
                    assertThat(answer.lists().get(0).interactions()).containsExactly(share(user));
                });
        assertThat(bed.cold(user, "SHARE")).isEmpty();

        cluster.stop(job, true, savepoints);

        assertThat(bed.cold(user, "SHARE")).containsExactly(share(user));
        assertThat(bed.hot(user, "SHARE").state()).isEqualTo(HotAnswer.State.ABSENT);
        List<SessionRecord> sessions = bed.sessions(user);
        assertThat(sessions)
                .extracting(SessionRecord::getClosed)
                .containsExactly(SessionClosed.SESSION_CLOSED_STOP);
    }
}
