package io.dhara.serving.inferflow.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.dhara.core.model.DataType;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.ModelNode;
import io.dhara.graph.ModelNode.Protocol;
import io.dhara.graph.PlanColumn.Kind;
import io.dhara.proto.predict.ContextFeature;
import io.dhara.proto.predict.FeatureSchema;
import io.dhara.proto.predict.PairWiseRequest;
import io.dhara.proto.predict.PairWiseResponse;
import io.dhara.proto.predict.PointWiseRequest;
import io.dhara.proto.predict.PointWiseResponse;
import io.dhara.proto.predict.PredictGrpc;
import io.dhara.proto.predict.SlateWiseRequest;
import io.dhara.proto.predict.SlateWiseResponse;
import io.dhara.proto.predict.Target;
import io.dhara.proto.predict.TargetPair;
import io.dhara.proto.predict.TargetSlate;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PredictServiceTest {
    private WireBed bed;

    @BeforeEach
    void start() throws IOException {
        bed = new WireBed();
        ModelNode.Target server = new ModelNode.Target(bed.model.address(), "ctr", "", 100);
        Plans points =
                new Plans()
                        .input("product_id", DataType.STRING)
                        .input("user_id", DataType.STRING)
                        .input("price", DataType.STRING)
                        .input("age", DataType.INT32)
                        .score("pctr", DataType.FP32);
        points.node(points.model(10, List.of("price"), "pctr", server));
        bed.plans.put("m1", points.plan(null, "product_id", "pctr"));
        bed.plans.put("inputs", points.plan(null, "product_id", "price", "age"));

        Plans slates =
                new Plans()
                        .input("slate_target_indices", DataType.STRING)
                        .input("margin", DataType.FP32)
                        .score("rank", DataType.FP32);
        ModelNode ofMain = points.model(10, List.of("price"), "pctr", server);
        ModelNode ofSlate =
                new ModelNode(
                        slates.head("slate_ranker", List.of(), List.of("rank")),
                        Protocol.OPEN_INFERENCE_GRPC,
                        ofMain.targets(),
                        List.of(),
                        10,
                        "",
                        ofMain.inputs(),
                        List.of(slates.output("rank")));
        bed.plans.put(
                "slates",
                points.plan(
                        new GraphPlan.Slates(
                                slates.columns(), List.of(ofSlate), new int[] {0, 1, 2}),
                        "product_id",
                        "pctr"));

        Plans vectors =
                new Plans()
                        .input("product_id", DataType.STRING)
                        .input("price", DataType.FP32)
                        .column("both", DataType.FP32_VECTOR, 2, Kind.SCORE);
        ModelNode one = vectors.model(10, List.of("price"), "both", server);
        vectors.node(
                new ModelNode(
                        one.head(),
                        one.protocol(),
                        one.targets(),
                        List.of(),
                        10,
                        "",
                        one.inputs(),
                        List.of(
                                new ModelNode.Output(
                                        "y", DataType.FP32, List.of(new ModelNode.Score(2, 2))))));
        bed.plans.put("vectors", vectors.plan(null, "product_id", "both"));
    }

    @AfterEach
    void stop() {
        bed.close();
    }

    private PredictGrpc.PredictBlockingStub stub() {
        return PredictGrpc.newBlockingStub(bed.channel);
    }

    private static FeatureSchema schema(String name, DataType type) {
        return FeatureSchema.newBuilder().setName(name).setDataTypeValue(type.id()).build();
    }

    private static ByteString fp32(double value) {
        return ByteString.copyFrom(Plans.bytes(DataType.FP32, value));
    }

    private static Target target(String id, ByteString... values) {
        return Target.newBuilder().setId(id).addAllFeatureValues(List.of(values)).build();
    }

    private static ContextFeature context(String name, DataType type, ByteString value) {
        return ContextFeature.newBuilder()
                .setName(name)
                .setDataTypeValue(type.id())
                .setValue(value)
                .build();
    }

    private static PointWiseRequest.Builder points(String model, Target... targets) {
        return PointWiseRequest.newBuilder()
                .setModelConfigId(model)
                .addTargetInputSchema(schema("price", DataType.FP32))
                .addAllTargets(List.of(targets));
    }

    @Test
    void f8_bytesOfTheExample_declareTheScoreAsFp32() {
        bed.model.answer(
                request -> CompletableFuture.completedFuture(ScriptedModelServer.scores(0.5f)));
        String answer =
                bed.bytes(
                        "Predict/InferPointWise",
                        "0a 02 6d 31 12 02 74 31 1a 0f 0a 07 75 73 65 72 5f 69 64 12 02 75 31 18 0e"
                                + " 22 09 0a 05 70 72 69 63 65 10 04"
                                + " 2a 0a 0a 02 70 31 12 04 00 00 18 41");
        assertThat(answer)
                .isEqualTo(
                        "0a 0e 0a 0a 70 72 6f 64 75 63 74 5f 69 64 10 0e"
                                + " 0a 08 0a 04 70 63 74 72 10 04"
                                + " 12 0a 12 02 70 31 12 04 00 00 00 3f");
        assertThat(bed.model.requests.get(0).getRawInputContents(0)).isEqualTo(fp32(9.5));
    }

    @Test
    void f8_vectorScores_declareTheirDimension() {
        bed.model.answer(
                request ->
                        CompletableFuture.completedFuture(
                                ScriptedModelServer.scores(1, 2).toBuilder()
                                        .setOutputs(
                                                0,
                                                ScriptedModelServer.scores(1, 2)
                                                        .getOutputs(0)
                                                        .toBuilder()
                                                        .setShape(0, 1)
                                                        .setShape(1, 2))
                                        .build()));
        PointWiseResponse response =
                stub().inferPointWise(points("vectors", target("p1", fp32(1))).build());
        assertThat(response.getTargetOutputSchema(1))
                .isEqualTo(
                        schema("both", DataType.FP32_VECTOR).toBuilder().setVectorDim(2).build());
        assertThat(response.getTargetScores(0).getOutputValues(1))
                .isEqualTo(ByteString.copyFrom(Plans.bytes(DataType.FP32, 1, 2)));
    }

    @Test
    void f10_typedFeatures_areDecodedByTheirDeclaredType() {
        PointWiseRequest request =
                points("inputs", target("p1", fp32(1.5)), target("p2", ByteString.EMPTY))
                        .addContextFeatures(context("age", DataType.FP32, fp32(1_000_000)))
                        .addContextFeatures(context("unknown", DataType.FP32, fp32(1)))
                        .build();
        PointWiseResponse response = stub().inferPointWise(request);
        assertThat(response.getTargetScores(0).getOutputValuesList())
                .containsExactly(
                        ByteString.copyFromUtf8("p1"),
                        ByteString.copyFromUtf8("1.5"),
                        ByteString.copyFrom(Plans.bytes(DataType.INT32, 1_000_000)));
        assertThat(response.getTargetScores(1).getOutputValues(1)).isEqualTo(ByteString.EMPTY);
    }

    @Test
    void f4_failedCells_areEmptyAndNamedInTheRowsError() {
        bed.model.answer(
                request -> CompletableFuture.failedFuture(Status.INTERNAL.asRuntimeException()));
        PointWiseResponse response =
                stub().inferPointWise(points("m1", target("p1", fp32(1))).build());
        assertThat(response.getTargetScores(0).getError()).isEqualTo("pctr: NODE_FAILED");
        assertThat(response.getTargetScores(0).getOutputValuesList())
                .containsExactly(ByteString.copyFromUtf8("p1"), ByteString.EMPTY);
    }

    @Test
    void pairs_areScoredByTheRowsOfTheirTargets() {
        PairWiseResponse response =
                stub().inferPairWise(
                                PairWiseRequest.newBuilder()
                                        .setModelConfigId("slates")
                                        .addTargetInputSchema(schema("price", DataType.FP32))
                                        .addPairInputSchema(schema("margin", DataType.FP32))
                                        .addTargets(target("p1", fp32(1)))
                                        .addTargets(target("p2", fp32(2)))
                                        .addPairs(
                                                TargetPair.newBuilder()
                                                        .setFirstTargetIndex(1)
                                                        .setSecondTargetIndex(0)
                                                        .addFeatureValues(fp32(7)))
                                        .build());
        assertThat(response.getPairOutputSchemaList())
                .containsExactly(
                        schema("slate_target_indices", DataType.STRING),
                        schema("margin", DataType.FP32),
                        schema("rank", DataType.FP32));
        assertThat(response.getPairScores(0).getOutputValuesList())
                .containsExactly(ByteString.copyFromUtf8("1,0"), fp32(7), fp32(2));
        assertThat(response.getTargetScores(1).getOutputValuesList())
                .containsExactly(ByteString.copyFromUtf8("p2"), fp32(2));
        assertThat(response.getPairScores(0).getError()).isEmpty();
        assertThat(bed.told).containsExactly("2 rows, , ");
    }

    @Test
    void slates_oneFailing_isMarkedAlone() {
        bed.model.answer(
                request ->
                        ScriptedModelServer.rows(request) == 3
                                ? CompletableFuture.failedFuture(
                                        Status.INTERNAL.asRuntimeException())
                                : CompletableFuture.completedFuture(
                                        ScriptedModelServer.sums(request)));
        SlateWiseResponse response =
                stub().inferSlateWise(
                                slates().addSlates(slate(0, 1, 0)).addSlates(slate(1)).build());
        assertThat(response.getSlateScores(0).getError()).isEqualTo("rank: NODE_FAILED");
        assertThat(response.getSlateScores(0).getOutputValues(2)).isEqualTo(ByteString.EMPTY);
        assertThat(response.getSlateScores(1).getError()).isEmpty();
        assertThat(response.getSlateScores(1).getOutputValues(2)).isEqualTo(fp32(2));
    }

    private static SlateWiseRequest.Builder slates() {
        return SlateWiseRequest.newBuilder()
                .setModelConfigId("slates")
                .addTargetInputSchema(schema("price", DataType.FP32))
                .addTargets(target("p1", fp32(1)))
                .addTargets(target("p2", fp32(2)));
    }

    private static TargetSlate slate(Integer... targets) {
        return TargetSlate.newBuilder().addAllTargetIndices(List.of(targets)).build();
    }

    @Test
    void predict_unanswerable_isInvalid() {
        refuses(() -> stub().inferPointWise(points("m1").build()), "targets is empty");
        refuses(
                () -> stub().inferPointWise(points("none", target("p1", fp32(1))).build()),
                "model none not found");
        refuses(() -> stub().inferSlateWise(slates().build()), "slates is empty");
        refuses(() -> stub().inferSlateWise(slates().addSlates(slate(0, 2)).build()), "index 2");
        refuses(() -> stub().inferSlateWise(slates().addSlates(slate(-1)).build()), "index -1");
        refuses(() -> stub().inferSlateWise(slates().addSlates(slate()).build()), "slates[0]");
        refuses(
                () -> stub().inferPointWise(points("m1", target("p1", fp32(1), fp32(2))).build()),
                "targets[0] has 2 feature_values, its schema 1");
        refuses(
                () ->
                        stub().inferPointWise(
                                        points("m1", target("p1", ByteString.copyFromUtf8("9.5")))
                                                .build()),
                "targets[0]: price has 3 bytes");
        refuses(
                () ->
                        stub().inferPointWise(
                                        points("m1", target("p1", fp32(1)))
                                                .setTargetInputSchema(
                                                        0,
                                                        FeatureSchema.newBuilder()
                                                                .setName("price")
                                                                .setDataTypeValue(99))
                                                .build()),
                "data_type");
    }

    @Test
    void f1_featureNamedLikeTheIdColumn_isInvalid() {
        refuses(
                () ->
                        stub().inferPointWise(
                                        points("m1", target("p1", fp32(1)))
                                                .addContextFeatures(
                                                        context(
                                                                "product_id",
                                                                DataType.STRING,
                                                                ByteString.copyFromUtf8("x")))
                                                .build()),
                "product_id stands twice");
    }

    @Test
    void inferPairWise_modelWithoutSlates_isAFailedPrecondition() {
        assertThatThrownBy(
                        () ->
                                stub().inferPairWise(
                                                PairWiseRequest.newBuilder()
                                                        .setModelConfigId("m1")
                                                        .addTargets(target("p1"))
                                                        .addPairs(TargetPair.getDefaultInstance())
                                                        .build()))
                .hasMessageContaining("FAILED_PRECONDITION: model m1 scores no pairs");
    }

    private static void refuses(ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e ->
                                assertThat(e.getStatus().getCode())
                                        .isEqualTo(Status.Code.INVALID_ARGUMENT))
                .hasMessageContaining(message);
    }

    @Test
    void predict_anyRequest_hasAStatus() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> names = List.of("product_id", "price", "age", "pctr", "", "margin", "x");
        for (int i = 0; i < 400; i++) {
            SlateWiseRequest.Builder request =
                    SlateWiseRequest.newBuilder()
                            .setModelConfigId(random.nextInt(10) == 0 ? "m1" : "slates");
            int features = random.nextInt(3);
            for (int f = 0; f < features; f++) {
                request.addTargetInputSchema(
                        FeatureSchema.newBuilder()
                                .setName(names.get(random.nextInt(names.size())))
                                .setDataTypeValue(random.nextInt(33) - 1)
                                .setVectorDim(random.nextInt(4) - 1));
            }
            for (int t = random.nextInt(4); t > 0; t--) {
                List<ByteString> values = new ArrayList<>();
                for (int f = random.nextInt(20) == 0 ? 1 : 0; f < features; f++) {
                    byte[] value = new byte[random.nextInt(9)];
                    random.nextBytes(value);
                    values.add(ByteString.copyFrom(value));
                }
                request.addTargets(target("p" + t, values.toArray(ByteString[]::new)));
            }
            for (int s = random.nextInt(3); s > 0; s--) {
                request.addSlates(slate(random.nextInt(4) - 1, random.nextInt(3)));
            }
            try {
                stub().inferSlateWise(request.build());
            } catch (StatusRuntimeException e) {
                assertThat(e.getStatus().getCode())
                        .as("seed %d: %s", seed, request)
                        .isIn(Status.Code.INVALID_ARGUMENT, Status.Code.FAILED_PRECONDITION);
            }
        }
        assertThat(stub().inferPointWise(points("m1", target("p1", fp32(3))).build())).isNotNull();
    }
}
