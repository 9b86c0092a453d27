package io.dhara.serving.invalidation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dhara.core.model.EntityKey;
import io.dhara.embedded.EmbeddedKafka;
import io.dhara.proto.v1.Invalidation;
import io.dhara.proto.v1.Outcome;
import io.dhara.proto.v1.WaitToken;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InvalidationFollowerITCase {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir private static Path dir;
    private static EmbeddedKafka kafka;

    private final String topic = "invalidations-" + UUID.randomUUID();
    private final AppliedWaits waits = new AppliedWaits();
    private final RecordingListener told = new RecordingListener();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private KafkaProducer<byte[], byte[]> producer;
    private InvalidationFollower follower;

    /** What it was told, in order: {@code key:group} or {@code gap}. */
    private static final class RecordingListener implements InvalidationListener {
        private final List<String> events = new CopyOnWriteArrayList<>();

        @Override
        public void invalidated(EntityKey key, List<String> groups, long writeTimeMicros) {
            events.add(String.join("|", key.values()) + ":" + String.join(",", groups));
        }

        @Override
        public void gap(String reason) {
            events.add("gap");
        }
    }

    @BeforeAll
    static void startKafka() throws IOException {
        kafka = EmbeddedKafka.start(dir);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void open() {
        kafka.createTopic(topic, 2);
        producer =
                new KafkaProducer<>(
                        Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
    }

    @AfterEach
    void close() {
        if (follower != null) {
            follower.close();
            assertThat(follower.isCurrent()).isFalse();
        }
        producer.close(Duration.ofSeconds(1));
    }

    private InvalidationFollower follow(AppliedWaits itsWaits, InvalidationListener listener) {
        InvalidationFollower started =
                new InvalidationFollower(
                        new FollowerSettings(
                                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                                topic,
                                Duration.ofSeconds(2),
                                Duration.ofMillis(50),
                                Duration.ofMillis(100)),
                        itsWaits,
                        new FollowerMeters(meters),
                        System::nanoTime);
        started.start(List.of(listener));
        return started;
    }

    private void followAndAwaitCurrent() {
        follower = follow(waits, told);
        await().atMost(SOON).until(follower::isCurrent);
    }

    private RecordMetadata publish(int partition, byte[] value) throws Exception {
        return producer.send(new ProducerRecord<>(topic, partition, null, value))
                .get(20, TimeUnit.SECONDS);
    }

    private static Invalidation.Builder written(String user) {
        return Invalidation.newBuilder()
                .setEntity("user")
                .addKeyValues(user)
                .addGroups("fp")
                .setOutcome(Outcome.OUTCOME_APPLIED);
    }

    private RecordMetadata publish(int partition, String user) throws Exception {
        return publish(partition, written(user).build().toByteArray());
    }

    private double gaps(String reason) {
        return meters.get("dhara.serving.invalidation.gaps")
                .tag("reason", reason)
                .counter()
                .count();
    }

    @Test
    void start_skipsWhatIsThere_dropsEverythingOnce_thenTellsOfEveryRecord() throws Exception {
        publish(0, "before");

        followAndAwaitCurrent();
        publish(0, "a");
        publish(1, "b");

        await().atMost(SOON).until(() -> told.events.size() >= 3);
        assertThat(told.events).startsWith("gap").containsExactlyInAnyOrder("gap", "a:fp", "b:fp");
    }

    @Test
    void b33_b34_everyInstance_isToldOfEveryWrite() throws Exception {
        followAndAwaitCurrent();
        RecordingListener second = new RecordingListener();
        try (InvalidationFollower other = follow(new AppliedWaits(), second)) {
            await().atMost(SOON).until(other::isCurrent);

            publish(0, "a");

            await().atMost(SOON)
                    .untilAsserted(
                            () -> {
                                assertThat(told.events).contains("a:fp");
                                assertThat(second.events).contains("a:fp");
                            });
        }
    }

    @Test
    void reached_andWaits_comeAfterTheListener() throws Exception {
        CompletableFuture<List<String>> eventsWhenSettled =
                waits.await("r", 1).thenApply(settled -> List.copyOf(told.events));
        followAndAwaitCurrent();
        TopicPositions before = new TopicPositions(Map.of(0, 0L));
        assertThat(follower.hasReached(before)).isFalse();

        RecordMetadata place =
                publish(
                        0,
                        written("a")
                                .addWaits(WaitToken.newBuilder().setRequestId("r").setUnits(1))
                                .build()
                                .toByteArray());

        assertThat(eventsWhenSettled.get(20, TimeUnit.SECONDS)).contains("a:fp");
        assertThat(follower.hasReached(new TopicPositions(Map.of(0, place.offset())))).isTrue();
        assertThat(follower.hasReached(new TopicPositions(Map.of(0, place.offset() + 1))))
                .isFalse();
        assertThat(follower.hasReached(new TopicPositions(Map.of(7, 0L)))).isFalse();
    }

    @Test
    void rejectedUnits_makeNothingStale() throws Exception {
        followAndAwaitCurrent();

        publish(0, written("refused").setOutcome(Outcome.OUTCOME_REJECTED).build().toByteArray());
        publish(0, "a");

        await().atMost(SOON).until(() -> told.events.contains("a:fp"));
        assertThat(told.events).doesNotContain("refused:fp");
    }

    @Test
    void kafkaAway_isNotCurrent_dropsEverything_andCatchesUpWithoutLoss() throws Exception {
        followAndAwaitCurrent();
        publish(0, "a");
        await().atMost(SOON).until(() -> told.events.contains("a:fp"));

        kafka.stop();
        try {
            await().atMost(SOON).until(() -> !follower.isCurrent());
            await().atMost(SOON).until(() -> gaps("silence") == 1);
        } finally {
            kafka.start();
        }
        publish(1, "b");

        await().atMost(SOON).until(() -> told.events.contains("b:fp"));
        await().atMost(SOON).until(follower::isCurrent);
    }

    @Test
    void newPartition_isReadFromItsBeginning() throws Exception {
        followAndAwaitCurrent();

        try (Admin admin =
                Admin.create(
                        Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
        await().atMost(SOON).ignoreExceptions().until(() -> refreshedPartitions() == 3);
        publish(2, "first");

        await().atMost(SOON).until(() -> told.events.contains("first:fp"));
        assertThat(gaps("new-partitions")).isEqualTo(1);
        assertThat(follower.isCurrent()).isTrue();
    }

    @Test
    void topicMadeAnew_isNoticed_andFollowedOn() throws Exception {
        for (int i = 0; i < 5; i++) {
            publish(0, "old");
        }
        followAndAwaitCurrent();
        int drops = told.events.size();

        try (Admin admin =
                Admin.create(
                        Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.deleteTopics(List.of(topic)).all().get(20, TimeUnit.SECONDS);
        }
        await().atMost(SOON).ignoreExceptions().until(this::madeAnew);

        await().atMost(SOON).until(() -> told.events.size() > drops);
        await().atMost(SOON).until(follower::isCurrent);
        assertThat(follower.hasReached(new TopicPositions(Map.of(0, 4L))))
                .as("a place in the topic that is gone")
                .isFalse();
        publish(0, "anew");
        await().atMost(SOON).until(() -> told.events.contains("anew:fp"));
    }

    private boolean madeAnew() {
        kafka.createTopic(topic, 2);
        return refreshedPartitions() == 2;
    }

    /** A producer keeps what it knows of a topic; a new one asks again. */
    private int refreshedPartitions() {
        producer.close();
        producer =
                new KafkaProducer<>(
                        Map.<String, Object>of(
                                "bootstrap.servers",
                                kafka.bootstrapServers(),
                                "max.block.ms",
                                2_000),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
        return producer.partitionsFor(topic).size();
    }

    @Test
    void unreadableRecord_dropsEverything_andIsPassed() throws Exception {
        followAndAwaitCurrent();

        publish(0, new byte[] {(byte) 0xff, 1, 2});
        publish(0, "after");

        await().atMost(SOON).until(() -> told.events.contains("after:fp"));
        assertThat(gaps("unreadable")).isEqualTo(1);
    }

    @Test
    void topicNotThereYet_isFollowedOnceItIs() throws Exception {
        String later = topic + "-later";
        InvalidationFollower waiting =
                new InvalidationFollower(
                        new FollowerSettings(
                                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                                later,
                                Duration.ofSeconds(2),
                                Duration.ofMillis(50),
                                Duration.ofMillis(100)),
                        waits,
                        new FollowerMeters(meters),
                        System::nanoTime);
        try (waiting) {
            waiting.start(List.of(told));
            assertThat(waiting.isCurrent()).isFalse();

            kafka.createTopic(later, 1);

            await().atMost(SOON).until(waiting::isCurrent);
        }
    }
}
