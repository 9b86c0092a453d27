package io.dhara.serving;

import static io.dhara.serving.ServingHarness.as;
import static io.dhara.serving.ServingHarness.caller;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.dhara.core.model.EntityKey;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.psdb.PsdbEncoder;
import io.dhara.core.registry.YamlSchemas;
import io.dhara.embedded.EmbeddedKafka;
import io.dhara.embedded.SharedServers;
import io.dhara.proto.persist.Data;
import io.dhara.proto.persist.FeatureServiceGrpc;
import io.dhara.proto.persist.FeatureValues;
import io.dhara.proto.persist.Query;
import io.dhara.proto.persist.Result;
import io.dhara.proto.persist.Values;
import io.dhara.proto.retrieve.FeatureGroup;
import io.dhara.proto.retrieve.Keys;
import io.dhara.proto.v1.Outcome;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PersistITCase {
    private static final Metadata.Key<String> POSITION =
            Metadata.Key.of("dhara-applied-position", Metadata.ASCII_STRING_MARSHALLER);
    private static final FeatureGroupSchema FP =
            YamlSchemas.read(
                            ServingHarness.SCHEMAS.toString(),
                            1,
                            YamlSchemas.readFolder(ServingHarness.SCHEMAS))
                    .entity("user")
                    .group("fp");

    private static ServingHarness serving;
    private static AnsweringJob job;

    @BeforeAll
    static void start() throws IOException {
        serving = ServingHarness.start(SharedServers.kafka(), Map.of());
        job =
                new AnsweringJob(
                        SharedServers.kafka().bootstrapServers(),
                        serving.featureTopic,
                        serving.invalidationTopic);
        awaitFollowing(serving);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        job.close();
        serving.close();
    }

    private static void awaitFollowing(ServingHarness harness) {
        await().until(
                        () ->
                                harness.server
                                                .meters()
                                                .get("dhara.serving.invalidation.age")
                                                .gauge()
                                                .value()
                                        < 5);
    }

    private static Query.Builder query(String user, double... values) {
        Query.Builder query =
                Query.newBuilder()
                        .setEntityLabel("user")
                        .addAllKeysSchema(List.of("user_id", "region"))
                        .addFeatureGroupSchema(
                                io.dhara.proto.persist.FeatureGroupSchema.newBuilder()
                                        .setLabel("fp")
                                        .addFeatureLabels("f1"));
        for (double value : values) {
            query.addData(
                    Data.newBuilder()
                            .addAllKeyValues(List.of(user, "eu"))
                            .addFeatureValues(
                                    FeatureValues.newBuilder()
                                            .setValues(Values.newBuilder().addFp32Values(value))));
        }
        return query;
    }

    private static FeatureServiceGrpc.FeatureServiceBlockingStub persister(
            ClientInterceptor... interceptors) {
        return FeatureServiceGrpc.newBlockingStub(serving.channel)
                .withInterceptors(interceptors)
                .withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private static Status refusal(ClientInterceptor caller, Query query) {
        return catchThrowableOfType(
                        StatusRuntimeException.class,
                        () -> persister(caller).persistFeatures(query))
                .getStatus();
    }

    @Test
    void persist_answersOnceKafkaHasTheMessage() throws Exception {
        Query query = query("acked", 1.5).build();

        Result result =
                persister(caller("dhara-event-time-ms", "1700", "dhara-schema-version", "1"))
                        .persistFeatures(query);

        assertThat(result.getMessage()).isEqualTo("Data Persisted Successfully");
        ConsumerRecord<byte[], byte[]> message = messageOf("acked");
        assertThat(message.value()).isEqualTo(query.toByteArray());
        assertThat(new String(message.key(), UTF_8)).isEqualTo("user\0acked\u001feu");
        assertThat(message.timestamp()).isEqualTo(1_700);
        assertThat(AnsweringJob.header(message, "dhara-event-time-ms")).isEqualTo("1700");
        assertThat(AnsweringJob.header(message, "dhara-schema-version")).isEqualTo("1");
        assertThat(AnsweringJob.header(message, "dhara-request-id")).isNull();
    }

    /** The next message about this user; tests of this class share the topic one after another. */
    private static ConsumerRecord<byte[], byte[]> messageOf(String user) throws Exception {
        while (true) {
            ConsumerRecord<byte[], byte[]> message = job.next();
            if (Query.parseFrom(message.value()).getData(0).getKeyValues(0).equals(user)) {
                return message;
            }
        }
    }

    @Test
    void persist_unknownNames_areUnknownInThePeersWords() {
        Query group = query("u", 1).build().toBuilder().build();
        Status unknownGroup =
                refusal(
                        caller(),
                        group.toBuilder()
                                .setFeatureGroupSchema(
                                        0,
                                        group.getFeatureGroupSchema(0).toBuilder().setLabel("nope"))
                                .build());
        assertThat(unknownGroup.getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(unknownGroup.getDescription())
                .isEqualTo("feature group nope not found for entity : user");
        assertThat(refusal(caller(), query("u", 1).setEntityLabel("ghost").build()).getCode())
                .isEqualTo(Status.Code.UNKNOWN);
        assertThat(refusal(caller(), query("u").build()).getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(refusal(caller("dhara-wait", "maybe"), query("u", 1).build()).getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(refusal(as("feature-ingest", "writer-secret"), query("u", 1).build()).getCode())
                .isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void waitApplied_answersWhenTheLastUnitIsSettled() throws Exception {
        AtomicReference<Metadata> trailers = new AtomicReference<>();
        Future<Result> waiting =
                FeatureServiceGrpc.newFutureStub(serving.channel)
                        .withInterceptors(
                                caller("dhara-wait", "applied"),
                                MetadataUtils.newCaptureMetadataInterceptor(
                                        new AtomicReference<>(), trailers))
                        .persistFeatures(query("waits", 1, 2).build());
        ConsumerRecord<byte[], byte[]> message = messageOf("waits");
        assertThat(waiting.isDone()).isFalse();

        job.settle(message, Outcome.OUTCOME_APPLIED);

        assertThat(waiting.get(20, TimeUnit.SECONDS).getMessage())
                .isEqualTo("Data Persisted Successfully");
        assertThat(trailers.get().get(POSITION)).matches("\\d+:\\d+");
    }

    @Test
    void waitApplied_rejectedUnits_areNamed() throws Exception {
        Future<Result> waiting =
                FeatureServiceGrpc.newFutureStub(serving.channel)
                        .withInterceptors(caller("dhara-wait", "applied"))
                        .persistFeatures(query("refused", 1).build());

        job.settle(messageOf("refused"), Outcome.OUTCOME_REJECTED);

        assertThat(waiting)
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableOfType(ExecutionException.class)
                .withMessageContainingAll("INVALID_ARGUMENT", "wrong-count", "f1 needs one value");
    }

    @Test
    void waitApplied_deadlineFirst_saysThatItIsAccepted() throws Exception {
        StatusRuntimeException late;
        try (ServingHarness impatient =
                ServingHarness.start(
                        SharedServers.kafka(), Map.of("serving.wait-deadline", "500 ms"))) {
            awaitFollowing(impatient);
            late =
                    catchThrowableOfType(
                            StatusRuntimeException.class,
                            () ->
                                    FeatureServiceGrpc.newBlockingStub(impatient.channel)
                                            .withInterceptors(caller("dhara-wait", "applied"))
                                            .persistFeatures(query("late", 1).build()));
            assertThat(
                            impatient
                                    .server
                                    .meters()
                                    .get("dhara.serving.persist.waiting")
                                    .gauge()
                                    .value())
                    .isZero();
        }
        assertThat(late.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(late.getStatus().getDescription()).contains("accepted but not yet applied");
    }

    @Test
    void persistCallers_writers_keepsReadersOut() throws Exception {
        try (ServingHarness strict =
                ServingHarness.start(
                        SharedServers.kafka(), Map.of("serving.persist-callers", "writers"))) {
            FeatureServiceGrpc.FeatureServiceBlockingStub stub =
                    FeatureServiceGrpc.newBlockingStub(strict.channel);
            Status reader =
                    catchThrowableOfType(
                                    StatusRuntimeException.class,
                                    () ->
                                            stub.withInterceptors(caller())
                                                    .persistFeatures(query("b68", 1).build()))
                            .getStatus();
            assertThat(reader.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(
                            stub.withInterceptors(as("feature-ingest", "writer-secret"))
                                    .persistFeatures(query("b68", 1).build())
                                    .getMessage())
                    .isEqualTo("Data Persisted Successfully");
        }
    }

    @Test
    void b1_brokerAway_isNeverAnsweredAsPersisted(@TempDir Path dir) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir);
                ServingHarness cut =
                        ServingHarness.start(
                                kafka,
                                Map.of(
                                        "serving.persist.delivery-timeout", "1 s",
                                        "serving.invalidation.max-silence", "1 s"))) {
            FeatureServiceGrpc.FeatureServiceBlockingStub stub =
                    FeatureServiceGrpc.newBlockingStub(cut.channel).withInterceptors(caller());
            stub.persistFeatures(query("b1", 1).build());
            kafka.stop();

            Status status =
                    catchThrowableOfType(
                                    StatusRuntimeException.class,
                                    () -> stub.persistFeatures(query("b1", 2).build()))
                            .getStatus();
            assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(status.getDescription()).contains("Sending it again is harmless");
            await().untilAsserted(
                            () ->
                                    assertThat(
                                                    catchThrowableOfType(
                                                                    StatusRuntimeException.class,
                                                                    () ->
                                                                            stub.withInterceptors(
                                                                                            caller(
                                                                                                    "dhara-wait",
                                                                                                    "applied"))
                                                                                    .persistFeatures(
                                                                                            query(
                                                                                                            "b1",
                                                                                                            3)
                                                                                                    .build()))
                                                            .getStatus()
                                                            .getDescription())
                                            .contains("nothing was sent"));

            kafka.start();
            await().ignoreExceptions()
                    .until(
                            () ->
                                    stub.persistFeatures(query("b1", 4).build())
                                            .getMessage()
                                            .startsWith("Data"));
        }
    }

    /**
     * Writes numbered values with dhara-wait while readers fill the cache as fast as they can, and
     * looks after every acknowledgement, here and on a second instance.
     */
    @Test
    void b33_b34_b35_readThroughTheCache_isNeverOlderThanAnAppliedPersist() throws Exception {
        EntityKey key = new EntityKey("user", List.of("fresh", "eu"));
        put(serving, key, 0, 0);
        try (ServingHarness other =
                ServingHarness.start(
                        SharedServers.kafka(),
                        Map.of("kafka.topics.invalidations", serving.invalidationTopic))) {
            awaitFollowing(other);
            put(other, key, 0, 0);
            AtomicBoolean done = new AtomicBoolean();
            List<Thread> readers =
                    List.of(reading(serving, done), reading(serving, done), reading(other, done));
            try {
                for (int value = 1; value <= 150; value++) {
                    AtomicReference<Metadata> trailers = new AtomicReference<>();
                    Future<Result> waiting =
                            FeatureServiceGrpc.newFutureStub(serving.channel)
                                    .withInterceptors(
                                            caller("dhara-wait", "applied"),
                                            MetadataUtils.newCaptureMetadataInterceptor(
                                                    new AtomicReference<>(), trailers))
                                    .persistFeatures(query("fresh", value).build());
                    ConsumerRecord<byte[], byte[]> message = messageOf("fresh");
                    long micros = message.timestamp() * 1000 + message.offset() % 900;
                    put(serving, key, value, micros);
                    put(other, key, value, micros);
                    job.settle(message, Outcome.OUTCOME_APPLIED);
                    waiting.get(20, TimeUnit.SECONDS);

                    String position = trailers.get().get(POSITION);
                    assertThat(read(serving)).isEqualTo(value);
                    assertThat(read(other, "dhara-read-after", position)).isEqualTo(value);
                }
            } finally {
                done.set(true);
                for (Thread reader : readers) {
                    reader.join(10_000);
                }
            }
            assertThat(serving.counted("dhara.serving.cache.lookups", "result", "hit"))
                    .as("reads answered from the cache")
                    .isGreaterThan(100);
        }
    }

    @Test
    void readAfter_positionNotReached_asksTheStore_andBadOneIsRefused() throws Exception {
        EntityKey key = new EntityKey("user", List.of("fresh", "eu"));
        try (ServingHarness alone = ServingHarness.start(SharedServers.kafka(), Map.of())) {
            awaitFollowing(alone);
            put(alone, key, 1, 1_000_000);
            assertThat(read(alone)).isEqualTo(1);
            put(alone, key, 2, 2_000_000);
            assertThat(read(alone)).as("held in the cache").isEqualTo(1);
            assertThat(read(alone, "dhara-read-after", "0:1000000")).isEqualTo(2);
            StatusRuntimeException bad =
                    catchThrowableOfType(
                            StatusRuntimeException.class,
                            () -> read(alone, "dhara-read-after", "soon"));
            assertThat(bad.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
    }

    private static Thread reading(ServingHarness from, AtomicBoolean done) {
        Thread thread =
                new Thread(
                        () -> {
                            while (!done.get()) {
                                read(from);
                            }
                        });
        thread.start();
        return thread;
    }

    private static void put(ServingHarness to, EntityKey key, double value, long micros) {
        PsdbEncoder encoder = new PsdbEncoder();
        encoder.begin(FP.dataType(), FP.active(), 1, 0, micros);
        encoder.putDouble(0, value);
        to.store.put("2", key, "fp", encoder.toBlock(false), micros);
    }

    private static float read(ServingHarness from, String... headers) {
        io.dhara.proto.retrieve.Result result =
                io.dhara.proto.retrieve.FeatureServiceGrpc.newBlockingStub(from.channel)
                        .withInterceptors(caller(headers))
                        .retrieveFeatures(
                                io.dhara.proto.retrieve.Query.newBuilder()
                                        .setEntityLabel("user")
                                        .addAllKeysSchema(List.of("user_id", "region"))
                                        .addFeatureGroups(
                                                FeatureGroup.newBuilder()
                                                        .setLabel("fp")
                                                        .addFeatureLabels("f1"))
                                        .addKeys(Keys.newBuilder().addCols("fresh").addCols("eu"))
                                        .build());
        ByteBuffer bytes = result.getRows(0).getColumns(0).asReadOnlyByteBuffer();
        return bytes.order(ByteOrder.LITTLE_ENDIAN).getFloat();
    }
}
