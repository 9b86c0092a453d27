package io.dhara.serving.inferflow.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dhara.core.config.Settings;
import io.dhara.core.model.EntityKey;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.psdb.PsdbEncoder;
import io.dhara.core.registry.FileSchemaRegistry;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.embedded.EmbeddedKafka;
import io.dhara.embedded.SharedServers;
import io.dhara.modelserver.ModelServer;
import io.dhara.proto.inferflow.InferflowGrpc;
import io.dhara.proto.inferflow.InferflowRequestProto;
import io.dhara.proto.inferflow.InferflowResponseProto;
import io.dhara.proto.predict.PointWiseRequest;
import io.dhara.proto.predict.PointWiseResponse;
import io.dhara.proto.predict.PredictGrpc;
import io.dhara.proto.predict.Target;
import io.dhara.serving.ServingConfig;
import io.dhara.serving.ServingServer;
import io.dhara.stores.read.StoreReadException;
import io.dhara.testkit.InMemoryFeatureStoreReader;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Product to category to user x category, a model and an expression at the end, from
 * BharatMLStack's own model config: a real server, a real model server, features in memory.
 */
class ModelScoreITCase {
    private static final String STORE = "2";
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir private static Path dir;
    private static final InMemoryFeatureStoreReader STORES = new InMemoryFeatureStoreReader();
    private static SchemaRegistry registry;
    private static ModelServer models;
    private static ServingServer serving;
    private static ManagedChannel plain;
    private static Channel channel;

    @BeforeAll
    static void start() throws Exception {
        Path schemas = Files.createDirectory(dir.resolve("schemas"));
        write(schemas, "security.yaml", "readers: {plain: plain-secret}\n");
        write(schemas, "stores.yaml", "stores: {\"2\": {kind: redis, connection: 2}}\n");
        write(schemas, "user.yaml", entity("user", "user_id", group(0, "profile", "Int32", "age")));
        write(
                schemas,
                "product.yaml",
                entity(
                        "product",
                        "product_id",
                        group(0, "attrs", "Int32", "category_id")
                                + group(1, "price", "FP32", "mrp")));
        write(
                schemas,
                "user_category.yaml",
                entity("user_category", "user_id", group(0, "affinity", "FP32", "clicks_7d"))
                        .replace(
                                "column: user_id}\n",
                                "column: user_id}\n  - {name: category_id, column: category_id}\n"));
        Path graphs = Files.createDirectory(dir.resolve("graphs"));
        String config =
                Files.readString(
                        Path.of("../common/graph/src/test/resources/model-configs/ctr.json"));
        // A busy machine may need longer than 100 ms for a first call.
        write(graphs, "m1.json", config.replace("\"deadline\": 100", "\"deadline\": 8000"));
        write(graphs, "shared.yaml", "expressions: {\"7\": p * m}\n");
        Path model =
                write(
                        dir,
                        "ctr_v3.json",
                        """
                        {"name": "ctr_v3", "output": "y", "weights": [0.0078125, 0.0625, 0.125]}
                        """);
        models = ModelServer.start(List.of(model), 0);
        registry = FileSchemaRegistry.open(schemas, Duration.ofHours(1));
        serving = serving(graphs);
        plain = NettyChannelBuilder.forAddress("127.0.0.1", serving.port()).usePlaintext().build();
        channel =
                ClientInterceptors.intercept(
                        plain,
                        WireBed.header("inferflow-caller-id", "plain"),
                        WireBed.header("inferflow-auth-token", "plain-secret"));
        await().atMost(LONG).until(ModelScoreITCase::isReady);
    }

    private static boolean isReady() {
        put();
        try {
            return rows(ask("warm-up", "p1")).get(1).equals(List.of("p1", "55", "1", "4"));
        } catch (io.grpc.StatusRuntimeException e) {
            return false;
        }
    }

    private static ServingServer serving(Path graphs) throws IOException {
        EmbeddedKafka kafka = SharedServers.kafka();
        String features = "features-" + UUID.randomUUID();
        String invalidations = "invalidations-" + UUID.randomUUID();
        String log = "log-" + UUID.randomUUID();
        kafka.createTopic(features, 1);
        kafka.createTopic(invalidations, 1);
        kafka.createTopic(log, 1);
        kafka.createTopic(log + "-schemas", 1);
        Map<String, String> settings = new HashMap<>();
        settings.put("kafka.bootstrap-servers", kafka.bootstrapServers());
        settings.put("kafka.topics.features", features);
        settings.put("kafka.topics.invalidations", invalidations);
        settings.put("registry.folder", dir.resolve("schemas").toString());
        settings.put("serving.host", "127.0.0.1");
        settings.put("serving.port", "0");
        // A first call loads classes, and what came with it must not be refused for having waited.
        settings.put("serving.admission.max-wait", "0 s");
        settings.put("serving.admin-port", "-1");
        settings.put("serving.default-deadline", "10 s");
        settings.put("serving.read.cache-size", "0");
        settings.put("inferflow.graphs.folder", graphs.toString());
        settings.put("inferflow.graphs.interval", "50 ms");
        settings.put("inferflow.log.topic", log);
        settings.put("inferflow.log.schema-topic", log + "-schemas");
        settings.put("inferflow.model-servers.predator.example", models.address());
        return ServingServer.start(
                ServingConfig.from(Settings.parse(settings)), registry, STORES, Clock.systemUTC());
    }

    private static Path write(Path folder, String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static String entity(String label, String key, String groups) {
        return "entity: %s\nkeys:\n  - {name: %s, column: %s}\ngroups:\n%s"
                .formatted(label, key, key, groups);
    }

    private static String group(int id, String label, String type, String feature) {
        return """
                  %s:
                    id: %d
                    store: 2
                    type: %s
                    ttl: 0 s
                    job: feature-ingest
                    in-memory-cache: false
                    active-version: 1
                    versions: {1: {features: [{name: %s, default: 0}]}}
               """
                .formatted(label, id, type, feature);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        plain.shutdownNow();
        plain.awaitTermination(5, TimeUnit.SECONDS);
        serving.close();
        registry.close();
        models.close();
    }

    @AfterEach
    void restore() {
        STORES.recover();
    }

    private static void put() {
        put("user", "profile", List.of("u1"), block -> block.putLong(0, 32));
        put("product", "attrs", List.of("p1"), block -> block.putLong(0, 55));
        put("product", "attrs", List.of("p2"), block -> block.putLong(0, 66));
        put("product", "price", List.of("p1"), block -> block.putDouble(0, 4));
        put("product", "price", List.of("p2"), block -> block.putDouble(0, 2));
        put("user_category", "affinity", List.of("u1", "55"), block -> block.putDouble(0, 4));
        put("user_category", "affinity", List.of("u1", "66"), block -> block.putDouble(0, 1));
    }

    private static void put(
            String entity, String group, List<String> key, Consumer<PsdbEncoder> values) {
        FeatureGroupSchema schema = registry.current().entity(entity).group(group);
        PsdbEncoder encoder = new PsdbEncoder();
        encoder.begin(schema.dataType(), schema.active(), 1, 0, 0);
        values.accept(encoder);
        STORES.put(
                STORE,
                new EntityKey(entity, key),
                group,
                encoder.toBlock(false),
                Instant.now().toEpochMilli() * 1_000);
    }

    private static InferflowRequestProto request(String trackingId, String... products) {
        return InferflowRequestProto.newBuilder()
                .setModelConfigId("m1")
                .setTrackingId(trackingId)
                .addEntities(
                        InferflowRequestProto.Entity.newBuilder()
                                .setEntity("product_id")
                                .addAllIds(List.of(products)))
                .addEntities(
                        InferflowRequestProto.Entity.newBuilder().setEntity("user_id").addIds("u1"))
                .build();
    }

    private static InferflowResponseProto ask(String trackingId, String... products) {
        return InferflowGrpc.newBlockingStub(channel)
                .retrieveModelScore(request(trackingId, products));
    }

    private static List<List<String>> rows(InferflowResponseProto response) {
        return response.getComponentDataList().stream()
                .map(row -> List.copyOf(row.getDataList()))
                .toList();
    }

    @Test
    void retrieveModelScore_exampleOfThePeer_isScoredEndToEnd() {
        assertThat(rows(ask("t1", "p1", "p2")))
                .containsExactly(
                        List.of("product_id", "product:attrs:category_id", "pctr", "final_score"),
                        List.of("p1", "55", "1", "4"),
                        List.of("p2", "66", "0.5", "1"));
    }

    @Test
    void retrieveModelScore_absentProduct_isScoredWithDefaults() {
        assertThat(rows(ask("t1", "p1", "p9")).subList(1, 3))
                .containsExactly(List.of("p1", "55", "1", "4"), List.of("p9", "0", "0.25", "0"));
    }

    @Test
    void retrieveModelScore_storeFailing_saysWhichRowsInItsTrailer() {
        STORES.failKey(
                new EntityKey("product", List.of("p2")), StoreReadException.Kind.UNAVAILABLE);
        AtomicReference<Metadata> trailers = new AtomicReference<>();
        InferflowResponseProto answer =
                InferflowGrpc.newBlockingStub(channel)
                        .withInterceptors(WireBed.trailers(trailers))
                        .retrieveModelScore(request("t1", "p1", "p2"));
        assertThat(rows(answer).get(1)).containsExactly("p1", "55", "1", "4");
        assertThat(rows(answer).get(2)).startsWith("p2", "");
        assertThat(trailers.get().get(AnswerCells.TRAILER)).contains("store-error;rows=1");
    }

    @Test
    void inferPointWise_exampleOfThePeer_isTypedAndNamesWhatFailed() {
        STORES.failKey(
                new EntityKey("product", List.of("p2")), StoreReadException.Kind.UNAVAILABLE);
        PointWiseResponse answer =
                PredictGrpc.newBlockingStub(channel)
                        .inferPointWise(
                                PointWiseRequest.newBuilder()
                                        .setModelConfigId("m1")
                                        .addContextFeatures(
                                                io.dhara.proto.predict.ContextFeature.newBuilder()
                                                        .setName("user_id")
                                                        .setDataType(
                                                                io.dhara.proto.predict.DataType
                                                                        .DataTypeString)
                                                        .setValue(
                                                                com.google.protobuf.ByteString
                                                                        .copyFromUtf8("u1")))
                                        .addTargets(Target.newBuilder().setId("p1"))
                                        .addTargets(Target.newBuilder().setId("p2"))
                                        .build());
        assertThat(answer.getTargetOutputSchemaList())
                .extracting(column -> column.getDataType().name())
                .containsExactly("DataTypeString", "DataTypeInt32", "DataTypeFP32", "DataTypeFP32");
        assertThat(answer.getTargetScores(0).getError()).isEmpty();
        assertThat(answer.getTargetScores(0).getOutputValues(2).asReadOnlyByteBuffer())
                .isEqualTo(
                        java.nio.ByteBuffer.wrap(
                                Plans.bytes(io.dhara.core.model.DataType.FP32, 1)));
        assertThat(answer.getTargetScores(1).getError())
                .contains("product:attrs:category_id: STORE_ERROR");
    }

    @Test
    void retrieveModelScore_withoutToken_isRefused() {
        assertThatThrownBy(
                        () ->
                                InferflowGrpc.newBlockingStub(plain)
                                        .retrieveModelScore(request("t1", "p1")))
                .hasMessageContaining("inferflow-caller-id is missing");
    }
}
