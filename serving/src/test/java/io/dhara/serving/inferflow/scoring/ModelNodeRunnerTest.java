package io.dhara.serving.inferflow.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dhara.core.model.DataType;
import io.dhara.core.psdb.Elements;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.ModelNode;
import io.dhara.graph.ModelNode.Target;
import io.dhara.proto.inference.ModelInferRequest;
import io.dhara.serving.inferflow.CellStatus;
import io.dhara.serving.inferflow.FeatureMatrix;
import io.dhara.serving.inferflow.NodeResult;
import io.dhara.serving.inferflow.NodeResult.Outcome;
import io.grpc.Status;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ModelNodeRunnerTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Plans plans = new Plans().input("f", DataType.FP32).score("s", DataType.FP32);
    private ScriptedModelServer server;
    private ScoringServices services;

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedModelServer();
        services = open(Map.of("model-a", server.address()));
    }

    private ScoringServices open(Map<String, String> servers) {
        ScoringSettings byDefault = ScoringSettings.DEFAULTS;
        ScoringSettings settings =
                new ScoringSettings(
                        servers,
                        Map.of("predator-caller-id", "dhara"),
                        null,
                        4,
                        byDefault.maxWaiting(),
                        3,
                        byDefault.maxAnswerBytes(),
                        Duration.ofMillis(20),
                        byDefault.maxShadows(),
                        byDefault.shadowTimeout(),
                        100);
        return new ScoringServices(settings, Clock.systemUTC(), meters);
    }

    @AfterEach
    void stop() {
        services.close();
        server.close();
    }

    private static Target target(String endpoint, String model, int percent) {
        return new Target(endpoint, model, "1", percent);
    }

    private ModelNode node(int batchSize) {
        return plans.model(batchSize, List.of("f"), "s", target("model-a", "ctr", 100));
    }

    private NodeResult run(ModelNode node, FeatureMatrix matrix, String trackingId, Duration left) {
        GraphPlan plan = plans.plan(null, "s");
        return services.runners((n, m, c) -> new CompletableFuture<>())
                .models()
                .run(
                        node,
                        matrix,
                        Plans.call(plan, matrix.rows(), trackingId, Instant.now().plus(left)))
                .toCompletableFuture()
                .orTimeout(LONG.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private FeatureMatrix matrix(int rows) {
        FeatureMatrix matrix = plans.matrix(rows);
        Plans.count(matrix, 0);
        return matrix;
    }

    private static String cell(FeatureMatrix matrix, int row) {
        double value = Elements.read(DataType.FP32, matrix.array(1, row), matrix.start(1, row));
        return matrix.status(1, row) + ":" + value;
    }

    private static List<String> cells(FeatureMatrix matrix) {
        return IntStream.range(0, matrix.rows()).mapToObj(row -> cell(matrix, row)).toList();
    }

    @Test
    void run_manyBatches_putsEachScoreInItsRow() {
        FeatureMatrix matrix = matrix(103);
        matrix.put(0, 7, Plans.bytes(DataType.FP32, -1), CellStatus.MISSING);

        NodeResult result = run(node(10), matrix, "t1", LONG);

        assertThat(result).isEqualTo(NodeResult.ok(103));
        for (int row = 0; row < 103; row++) {
            assertThat(cell(matrix, row))
                    .isEqualTo(row == 7 ? "DEFAULT:-1.0" : "PRESENT:" + (double) row);
        }
        assertThat(server.requests).hasSize(11);
        ModelInferRequest first = server.requests.get(0);
        assertThat(first.getModelName()).isEqualTo("ctr");
        assertThat(first.getModelVersion()).isEqualTo("1");
        assertThat(first.getId()).isEqualTo("t1");
        assertThat(first.getParametersMap()).isEmpty();
    }

    @Test
    void run_calibration_isHandedToTheModel() {
        ModelNode plain = node(10);
        ModelNode calibrated =
                new ModelNode(
                        plain.head(),
                        plain.protocol(),
                        plain.targets(),
                        plain.shadows(),
                        plain.batchSize(),
                        "ios",
                        plain.inputs(),
                        plain.outputs());

        run(calibrated, matrix(1), "", LONG);

        assertThat(server.requests.get(0).getParametersOrThrow("calibration").getStringParam())
                .isEqualTo("ios");
    }

    @Test
    void f6_oneBatchFailing_marksItsRowsAndNoOthers() {
        server.answer(
                request -> {
                    boolean first =
                            request.getRawInputContents(0)
                                    .startsWith(
                                            com.google.protobuf.ByteString.copyFrom(new byte[4]));
                    return first
                            ? CompletableFuture.failedFuture(
                                    Status.INTERNAL
                                            .withDescription("out of memory")
                                            .asRuntimeException())
                            : CompletableFuture.completedFuture(ScriptedModelServer.sums(request));
                });
        FeatureMatrix matrix = matrix(3);

        NodeResult result = run(node(2), matrix, "", LONG);

        assertThat(result.outcome()).isEqualTo(Outcome.PARTIAL);
        assertThat(result.message())
                .startsWith("2 of 3 rows failed: model server 127.0.0.1:")
                .endsWith("INTERNAL: out of memory");
        assertThat(result.retryable()).isFalse();
        assertThat(cells(matrix))
                .containsExactly("NODE_FAILED:0.0", "NODE_FAILED:0.0", "PRESENT:2.0");
    }

    @Test
    void run_rowsWhoseScoreFailed_areNotAskedFor() {
        Plans scored = new Plans().score("f", DataType.FP32).score("s", DataType.FP32);
        ModelNode second = scored.model(10, List.of("f"), "s", target("model-a", "second", 100));
        FeatureMatrix matrix = scored.matrix(3);
        Plans.count(matrix, 0);
        matrix.fallBack(0, 1, CellStatus.NODE_FAILED);

        NodeResult result = run(second, matrix, "", LONG);

        assertThat(result.outcome()).isEqualTo(Outcome.PARTIAL);
        assertThat(result.message()).isEqualTo("1 rows lack a score that this one is built on");
        assertThat(cells(matrix)).containsExactly("PRESENT:0.0", "NODE_FAILED:0.0", "PRESENT:2.0");
        assertThat(ScriptedModelServer.rows(server.requests.get(0))).isEqualTo(2);
    }

    @Test
    void run_anotherAttempt_asksOnlyForRowsWithoutScore() {
        server.answer(
                request ->
                        server.requests.size() == 1
                                ? CompletableFuture.failedFuture(
                                        Status.UNAVAILABLE.asRuntimeException())
                                : CompletableFuture.completedFuture(
                                        ScriptedModelServer.sums(request)));
        FeatureMatrix matrix = matrix(4);

        NodeResult first = run(node(2), matrix, "", LONG);
        NodeResult second = run(node(2), matrix, "", LONG);

        assertThat(first.outcome()).isEqualTo(Outcome.PARTIAL);
        assertThat(first.retryable()).isTrue();
        assertThat(second).isEqualTo(NodeResult.ok(2));
        assertThat(server.requests).hasSize(3);
        assertThat(cells(matrix))
                .containsExactly("PRESENT:0.0", "PRESENT:1.0", "PRESENT:2.0", "PRESENT:3.0");
    }

    @Test
    void run_serverDown_failsAtOnceAndMayBeTriedAgain() {
        server.close();
        NodeResult result = run(node(10), matrix(2), "", LONG);
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.retryable()).isTrue();
        assertThat(result.message()).contains("UNAVAILABLE");
    }

    @Test
    void run_serverSlow_isLateByTheDeadline() {
        server.answer(request -> new CompletableFuture<>());
        long started = System.nanoTime();
        NodeResult result = run(node(1), matrix(6), "", Duration.ofMillis(200));
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(5));
        assertThat(result.outcome()).isEqualTo(Outcome.LATE);
        assertThat(result.asked()).isEqualTo(6);
    }

    @Test
    void run_wrongAnswers_fillNothing() {
        for (var wrong :
                List.of(
                        ScriptedModelServer.scores(1, 2, 3),
                        ScriptedModelServer.scores(1).toBuilder().clearRawOutputContents().build(),
                        ScriptedModelServer.scores(1, 2).toBuilder()
                                .setOutputs(
                                        0,
                                        ScriptedModelServer.scores(1, 2).getOutputs(0).toBuilder()
                                                .setName("z"))
                                .build(),
                        ScriptedModelServer.scores(1, 2).toBuilder()
                                .setOutputs(
                                        0,
                                        ScriptedModelServer.scores(1, 2).getOutputs(0).toBuilder()
                                                .setDatatype("FP64"))
                                .build())) {
            server.answer(request -> CompletableFuture.completedFuture(wrong));
            FeatureMatrix matrix = matrix(2);
            NodeResult result = run(node(10), matrix, "", LONG);
            assertThat(result.outcome()).as("%s", wrong).isEqualTo(Outcome.FAILED);
            assertThat(result.message()).contains("wrong answer");
            assertThat(result.retryable()).isFalse();
            assertThat(cells(matrix)).containsExactly("NODE_FAILED:0.0", "NODE_FAILED:0.0");
        }
    }

    @Test
    void run_typedContentsOfOtherType_areTakenAndCast() {
        server.answer(
                request ->
                        CompletableFuture.completedFuture(
                                ScriptedModelServer.scores(0).toBuilder()
                                        .clearRawOutputContents()
                                        .setOutputs(
                                                0,
                                                ScriptedModelServer.scores(0)
                                                        .getOutputs(0)
                                                        .toBuilder()
                                                        .setDatatype("INT64")
                                                        .setContents(
                                                                io.dhara.proto.inference
                                                                        .InferTensorContents
                                                                        .newBuilder()
                                                                        .addInt64Contents(42)))
                                        .build()));
        FeatureMatrix matrix = matrix(1);
        assertThat(run(node(10), matrix, "", LONG)).isEqualTo(NodeResult.ok(1));
        assertThat(cells(matrix)).containsExactly("PRESENT:42.0");
    }

    @Test
    void run_moreBatchesThanMayRun_neverHasMoreOnTheirWay() {
        var running = new java.util.concurrent.atomic.AtomicInteger();
        var most = new java.util.concurrent.atomic.AtomicInteger();
        server.answer(
                request -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    return CompletableFuture.supplyAsync(
                            () -> {
                                running.decrementAndGet();
                                return ScriptedModelServer.sums(request);
                            },
                            CompletableFuture.delayedExecutor(2, TimeUnit.MILLISECONDS));
                });
        assertThat(run(node(1), matrix(60), "", LONG)).isEqualTo(NodeResult.ok(60));
        assertThat(most.get()).isBetween(1, 3);
    }

    @Test
    void run_trackingIds_splitTrafficStablyByShare() {
        ModelNode split =
                plans.model(
                        10,
                        List.of("f"),
                        "s",
                        target("model-a", "old", 80),
                        target("model-a", "new", 20));
        for (int i = 0; i < 400; i++) {
            run(split, matrix(1), "request-" + i % 200, LONG);
        }
        Map<String, List<String>> modelsById =
                server.requests.stream()
                        .collect(
                                Collectors.groupingBy(
                                        ModelInferRequest::getId,
                                        Collectors.mapping(
                                                ModelInferRequest::getModelName,
                                                Collectors.toList())));
        assertThat(modelsById).hasSize(200);
        assertThat(modelsById.values())
                .allSatisfy(
                        models -> {
                            assertThat(models).hasSize(2);
                            assertThat(models.get(0)).isEqualTo(models.get(1));
                        });
        long toNew = modelsById.values().stream().filter(m -> m.get(0).equals("new")).count();
        assertThat(toNew).isBetween(20L, 60L);
    }

    @Test
    void run_slowShadow_isAskedCountedAndNeverWaitedFor() {
        server.answer(
                request ->
                        request.getModelName().equals("next")
                                ? new CompletableFuture<>()
                                : CompletableFuture.completedFuture(
                                        ScriptedModelServer.sums(request)));
        ModelNode shadowed =
                plans.model(
                        10,
                        List.of("f"),
                        "s",
                        List.of(target("model-a", "ctr", 100)),
                        List.of(target("model-a", "next", 100)));

        assertThat(run(shadowed, matrix(2), "t1", Duration.ofMillis(900)))
                .isEqualTo(NodeResult.ok(2));

        await().atMost(LONG)
                .until(
                        () ->
                                meters.find("dhara.serving.model.shadows")
                                                .tag("outcome", "late")
                                                .timer()
                                        != null);
        assertThat(server.requests).extracting(ModelInferRequest::getModelName).contains("next");
    }

    @Test
    void f18_endpoint_isConnectedByNeedAndLetGoWhenNoPlanNamesIt() {
        assertThat(endpoints()).isZero();
        GraphPlan plan = plans.node(node(10)).plan(null, "s");
        List<GraphPlan> inForce = new java.util.concurrent.CopyOnWriteArrayList<>(List.of(plan));
        services.follow(() -> inForce);

        run(node(10), matrix(1), "", LONG);
        assertThat(endpoints()).isEqualTo(1);
        await().during(Duration.ofMillis(100)).until(() -> endpoints() == 1);

        inForce.clear();
        await().atMost(LONG).until(() -> endpoints() == 0);

        assertThat(run(node(10), matrix(1), "", LONG)).isEqualTo(NodeResult.ok(1));
    }

    private double endpoints() {
        return meters.get("dhara.serving.scoring.endpoints").tag("kind", "model").gauge().value();
    }
}
