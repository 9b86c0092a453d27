package io.dhara.serving.inferflow.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ProtocolStringList;
import io.dhara.core.model.DataType;
import io.dhara.graph.ModelNode.Target;
import io.dhara.graph.PlanColumn.Kind;
import io.dhara.proto.inferflow.InferflowGrpc;
import io.dhara.proto.inferflow.InferflowRequestProto;
import io.dhara.proto.inferflow.InferflowRequestProto.Entity;
import io.dhara.proto.inferflow.InferflowResponseProto;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InferflowServiceTest {
    private static final String METHOD = "Inferflow/RetrieveModelScore";

    private WireBed bed;

    @BeforeEach
    void start() throws IOException {
        bed = new WireBed();
        Plans plans = plans();
        bed.plans.put("m1", plans.plan(null, "product_id", "pctr"));
        bed.plans.put("all", plans.plan(null, 100, "product_id", "pctr"));
        bed.plans.put("inputs", plans.plan(null, "user_id", "app_version_code", "tags"));
    }

    private Plans plans() {
        Plans plans =
                new Plans()
                        .input("product_id", DataType.STRING)
                        .input("user_id", DataType.STRING)
                        .input("app_version_code", DataType.STRING)
                        .input("price", DataType.FP32)
                        .column("tags", DataType.FP32_VECTOR, 2, Kind.INPUT)
                        .score("pctr", DataType.FP32);
        return plans.node(
                plans.model(
                        10,
                        List.of("price"),
                        "pctr",
                        new Target(bed.model.address(), "ctr", "", 100)));
    }

    @AfterEach
    void stop() {
        bed.close();
    }

    private static Entity entity(String name, String... ids) {
        return Entity.newBuilder().setEntity(name).addAllIds(List.of(ids)).build();
    }

    private static Entity.Feature feature(String name, String... values) {
        return Entity.Feature.newBuilder()
                .setName(name)
                .addAllIdsFeatureValue(List.of(values))
                .build();
    }

    private static InferflowRequestProto request(String model, Entity... entities) {
        return InferflowRequestProto.newBuilder()
                .setModelConfigId(model)
                .setTrackingId("t1")
                .addAllEntities(List.of(entities))
                .build();
    }

    private InferflowGrpc.InferflowBlockingStub stub() {
        return InferflowGrpc.newBlockingStub(bed.channel);
    }

    private static List<List<String>> rows(InferflowResponseProto response) {
        return response.getComponentDataList().stream()
                .map(InferflowResponseProto.ComponentData::getDataList)
                .map((ProtocolStringList row) -> List.copyOf(row))
                .toList();
    }

    @Test
    void retrieveModelScore_bytesOfTheExample_areAnsweredByteForByte() {
        bed.model.answer(
                request ->
                        CompletableFuture.completedFuture(ScriptedModelServer.scores(0.5f, 0.25f)));
        String answer =
                bed.bytes(
                        METHOD,
                        "0a 14 0a 0a 70 72 6f 64 75 63 74 5f 69 64 12 02 70 31 12 02 70 32"
                                + " 0a 0d 0a 07 75 73 65 72 5f 69 64 12 02 75 31"
                                + " 12 02 6d 31 1a 02 74 31");
        assertThat(answer)
                .isEqualTo(
                        "0a 12 0a 0a 70 72 6f 64 75 63 74 5f 69 64 0a 04 70 63 74 72"
                                + " 0a 09 0a 02 70 31 0a 03 30 2e 35"
                                + " 0a 0a 0a 02 70 32 0a 04 30 2e 32 35");
    }

    @Test
    void retrieveModelScore_inlineFeatures_reachTheModelAndUserIdMayStandFirst() {
        Entity products =
                entity("product_id", "p1", "p2").toBuilder()
                        .addFeatures(feature("price", "1.5", "2e6"))
                        .addFeatures(feature("unknown", "x"))
                        .build();
        assertThat(
                        rows(
                                stub().retrieveModelScore(
                                                request("m1", entity("user_id", "u1"), products))))
                .containsExactly(
                        List.of("product_id", "pctr"),
                        List.of("p1", "1.5"),
                        List.of("p2", "2e+06"));
    }

    @Test
    void retrieveModelScore_headers_areInputsUnlessGivenAndVectorsHaveCommas() {
        InferflowGrpc.InferflowBlockingStub stub =
                stub().withInterceptors(
                                WireBed.header("USER-ID", "u9"),
                                WireBed.header("APP-VERSION-CODE", "42"));
        Entity product =
                entity("product_id", "p1").toBuilder().addFeatures(feature("tags", "1:2")).build();
        assertThat(rows(stub.retrieveModelScore(request("inputs", product))).get(1))
                .containsExactly("u9", "42", "1,2");
        assertThat(bed.told).containsExactly("1 rows, t1, u9");
        assertThat(
                        rows(stub.retrieveModelScore(
                                        request("inputs", product, entity("user_id", "u1"))))
                                .get(1))
                .containsExactly("u1", "42", "1,2");
    }

    @Test
    void retrieveModelScore_selectedUsers_getTheModelsInputsFirst() {
        Entity product =
                entity("product_id", "p1").toBuilder().addFeatures(feature("price", "3")).build();
        assertThat(rows(stub().retrieveModelScore(request("all", product))))
                .containsExactly(List.of("price", "product_id", "pctr"), List.of("3", "p1", "3"));
    }

    @Test
    void retrieveModelScore_noRows_answersNamesAlone() {
        assertThat(rows(stub().retrieveModelScore(request("m1", entity("product_id")))))
                .containsExactly(List.of("product_id", "pctr"));
    }

    @Test
    void f4_modelDown_answersNoScoreAndSaysSo() {
        bed.model.answer(
                request -> CompletableFuture.failedFuture(Status.INTERNAL.asRuntimeException()));
        AtomicReference<Metadata> trailers = new AtomicReference<>();
        InferflowResponseProto response =
                stub().withInterceptors(WireBed.trailers(trailers))
                        .retrieveModelScore(request("m1", entity("product_id", "p1", "p2")));
        assertThat(rows(response).subList(1, 3))
                .containsExactly(List.of("p1", ""), List.of("p2", ""));
        assertThat(trailers.get().get(AnswerCells.TRAILER)).isEqualTo("node-failed;rows=2");
    }

    @Test
    void f4_modelSlow_answersInsideTheDeadline() {
        bed.model.answer(request -> new CompletableFuture<>());
        bed.timeout = Duration.ofMillis(300);
        long started = System.nanoTime();
        InferflowResponseProto response =
                stub().retrieveModelScore(request("m1", entity("product_id", "p1")));
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(5));
        assertThat(rows(response).get(1)).containsExactly("p1", "");
    }

    @Test
    void f12_lengthsThatDoNotMatch_areInvalid() {
        refuses(
                request("m1", entity("product_id", "p1", "p2", "p3"), entity("user_id", "a", "b")),
                "user_id");
        refuses(
                request(
                        "m1",
                        entity("product_id", "p1").toBuilder()
                                .addFeatures(feature("price", "1", "2"))
                                .build()),
                "price");
    }

    @Test
    void f1_namesThatClash_areInvalid() {
        refuses(
                request(
                        "m1",
                        entity("product_id", "p1").toBuilder()
                                .addFeatures(feature("product_id", "p2"))
                                .build()),
                "product_id");
    }

    @Test
    void retrieveModelScore_unanswerable_isInvalid() {
        refuses(request("m1"), "entities is empty");
        refuses(request("none", entity("product_id", "p1")), "model none not found");
        refuses(
                request("refused", entity("product_id", "p1")),
                "model refused is refused: component x reads no column y");
        refuses(request("m1", entity("user_id", "u1")), "product_id");
        refuses(
                request(
                        "m1",
                        entity("product_id", "p1").toBuilder()
                                .addFeatures(feature("price", "cheap"))
                                .build()),
                "price");
        refuses(
                request(
                        "m1",
                        Entity.newBuilder()
                                .setEntity("product_id")
                                .addAllIds(Collections.nCopies(100_000, "p"))
                                .build()),
                "at most 2000 rows");
    }

    private void refuses(InferflowRequestProto request, String message) {
        assertThatThrownBy(() -> stub().retrieveModelScore(request))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e ->
                                assertThat(e.getStatus().getCode())
                                        .isEqualTo(Status.Code.INVALID_ARGUMENT))
                .hasMessageContaining(message);
    }

    @Test
    void retrieveModelScore_anyRequest_hasAStatus() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> names =
                List.of(
                        "product_id",
                        "user_id",
                        "price",
                        "pctr",
                        "tags",
                        "",
                        "x",
                        "app_version_code");
        List<String> values = List.of("", "1", "a", "NaN", "1,2", "1e400", "\u0000", "p1");
        for (int i = 0; i < 400; i++) {
            List<Entity> entities = new ArrayList<>();
            for (int e = random.nextInt(4); e > 0; e--) {
                Entity.Builder entity = Entity.newBuilder().setEntity(any(names, random));
                for (int n = random.nextInt(4); n > 0; n--) {
                    entity.addIds(any(values, random));
                }
                for (int f = random.nextInt(3); f > 0; f--) {
                    Entity.Feature.Builder feature =
                            entity.addFeaturesBuilder().setName(any(names, random));
                    for (int n = random.nextInt(4); n > 0; n--) {
                        feature.addIdsFeatureValue(any(values, random));
                    }
                }
                entities.add(entity.build());
            }
            InferflowRequestProto request = request("m1", entities.toArray(Entity[]::new));
            try {
                stub().retrieveModelScore(request);
            } catch (StatusRuntimeException e) {
                assertThat(e.getStatus().getCode())
                        .as("seed %d: %s", seed, request)
                        .isEqualTo(Status.Code.INVALID_ARGUMENT);
            }
        }
        assertThat(rows(stub().retrieveModelScore(request("m1", entity("product_id", "p1")))))
                .hasSize(2);
    }

    private static String any(List<String> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }
}
