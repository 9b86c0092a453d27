package io.dhara.serving.inferflow;

import static io.dhara.serving.inferflow.GraphBed.cells;
import static io.dhara.serving.inferflow.GraphBed.input;
import static io.dhara.serving.inferflow.GraphBed.int32;
import static io.dhara.serving.inferflow.GraphBed.report;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.model.DataType;
import io.dhara.graph.ExpressionNode;
import io.dhara.graph.GraphPlan;
import io.dhara.graph.NodePolicy;
import io.dhara.graph.NodePolicy.OnFailure;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.ServingException.Kind;
import io.dhara.serving.inferflow.NodeResult.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Order, deadlines, retries and failures, with scripted nodes. */
class GraphExecutorTest {
    private static final Duration SHORT = Duration.ofMillis(60);

    private final GraphBed bed =
            new GraphBed(
                    GraphBed.Schemas.none(),
                    new InferflowSettings(5, 1 << 20, Duration.ofMillis(5)),
                    Clock.systemUTC());

    @AfterEach
    void close() {
        bed.close();
    }

    private void script(String name, NodeRunner<ExpressionNode> runner) {
        bed.scripts.put(name, runner);
    }

    /** Fills the node's column with a number. */
    private static NodeRunner<ExpressionNode> answering(int value) {
        return (node, matrix, call) -> {
            call.write(() -> fill(node, matrix, call, value));
            return CompletableFuture.completedFuture(NodeResult.ok(call.rows().length));
        };
    }

    private static void fill(ExpressionNode node, FeatureMatrix matrix, NodeCall call, int value) {
        for (int row : call.rows()) {
            matrix.put(node.column(), row, int32(value), CellStatus.PRESENT);
        }
    }

    private static NodeRunner<ExpressionNode> silent() {
        return (node, matrix, call) -> new CompletableFuture<>();
    }

    private static PlanBuilder twoInputs() {
        return new PlanBuilder().input("p").input("u");
    }

    private static NodePolicy policy(
            Duration timeout, int retries, Duration backoff, OnFailure onFailure) {
        return new NodePolicy(timeout, retries, backoff, onFailure);
    }

    private ServingException refused(GraphPlan plan, InputValues... inputs) {
        AtomicReference<ServingException> refusal = new AtomicReference<>();
        assertThatThrownBy(() -> bed.run(plan, inputs))
                .satisfies(
                        thrown -> {
                            Throwable cause =
                                    thrown instanceof CompletionException
                                            ? thrown.getCause()
                                            : thrown;
                            assertThat(cause).isInstanceOf(ServingException.class);
                            refusal.set((ServingException) cause);
                        });
        return refusal.get();
    }

    /** F1: names that clash with a column, or with another input, are refused, not renumbered. */
    @Test
    void f1_inputNamedLikeAnotherColumn_isRefused() {
        script("s", answering(1));
        GraphPlan plan = twoInputs().scripted("s", DataType.INT32, "p").build();

        ServingException twice = refused(plan, input("p", "a"), input("u", "b"), input("p", "c"));
        ServingException score = refused(plan, input("p", "a"), input("s", "1"));

        assertThat(twice.kind()).isEqualTo(Kind.INVALID);
        assertThat(twice).hasMessage("input p stands twice");
        assertThat(score).hasMessage("input s is none of model m1: [p, u]");
    }

    /** F12: the declared row input sets the rows, wherever it stands in the request. */
    @Test
    void f12_rowsAreThoseOfTheDeclaredInput_inAnyOrder() {
        GraphPlan plan = twoInputs().build();

        Execution execution = bed.run(plan, input("u", "u1"), input("p", "p1", "p2"));

        assertThat(cells(execution, "p", "u"))
                .containsExactly(
                        List.of("PRESENT:p1", "PRESENT:u1"), List.of("PRESENT:p2", "PRESENT:u1"));
    }

    @Test
    void f12_countThatFitsNeitherRowsNorOne_isRefused() {
        GraphPlan plan = twoInputs().build();

        assertThat(refused(plan, input("u", "a", "b"), input("p", "1", "2", "3")))
                .hasMessage("input u: needs 1 value or one for each of the 3 rows of p, got 2");
        assertThat(refused(plan, input("u"), input("p", "1"))).hasMessageContaining("got 0");
        assertThat(refused(plan, input("p", "1", "2", "3", "4", "5", "6")))
                .hasMessage("input p: at most 5 rows (inferflow.max-rows), got 6");
        assertThat(refused(plan, input("u", "1")))
                .hasMessage("input p is missing: it sets the rows of model m1");
    }

    @Test
    void run_typedInput_isParsedOrRefused() {
        GraphPlan plan = new PlanBuilder().input("p").input("n", DataType.INT8).build();

        Execution execution = bed.run(plan, input("p", "a", "b"), input("n", "-128", ""));

        assertThat(cells(execution, "n"))
                .containsExactly(List.of("PRESENT:-128"), List.of("MISSING:0"));
        assertThat(refused(plan, input("p", "a"), input("n", "128")))
                .hasMessage(
                        "input n: value 0 is no DataTypeInt8: no value of the type, or beyond its"
                                + " range");
        assertThat(refused(plan, input("p", "a"), input("n", "1.5"))).isNotNull();
    }

    @Test
    void run_inputThatIsNotGiven_isMissing() {
        Execution execution = bed.run(twoInputs().build(), input("p", "p1"));

        assertThat(cells(execution, "p", "u")).containsExactly(List.of("PRESENT:p1", "MISSING:"));
    }

    @Test
    void run_noRows_endsWithoutRunningANode() {
        script("s", silent());

        Execution execution =
                bed.run(twoInputs().scripted("s", DataType.INT32, "p").build(), input("p"));

        assertThat(execution.matrix().rows()).isZero();
        assertThat(report(execution, "s").outcome()).isEqualTo(Outcome.SKIPPED);
    }

    /** F3: several roots, a diamond and a node alone: all have ended when the answer is made. */
    @Test
    void f3_severalRoots_allEndBeforeTheAnswer() {
        CompletableFuture<NodeResult> slow = new CompletableFuture<>();
        script("a", answering(1));
        script(
                "b",
                (node, matrix, call) ->
                        slow.thenApply(
                                result -> {
                                    call.write(() -> fill(node, matrix, call, 2));
                                    return result;
                                }));
        script("c", answering(3));
        script("alone", answering(4));
        GraphPlan plan =
                twoInputs()
                        .scripted("a", DataType.INT32, "p")
                        .scripted("b", DataType.INT32, "u")
                        .scripted("c", DataType.INT32, "a", "b")
                        .scripted("alone", DataType.INT32)
                        .build();

        var pending = bed.start(plan, input("p", "p1"), input("u", "u1")).toCompletableFuture();
        assertThat(pending).isNotDone();
        slow.complete(NodeResult.ok(1));

        assertThat(cells(pending.join(), "a", "b", "c", "alone"))
                .containsExactly(List.of("PRESENT:1", "PRESENT:2", "PRESENT:3", "PRESENT:4"));
    }

    /** F13: one deadline for the call, kept whatever the nodes do. */
    @Test
    void f13_nodeThatNeverAnswers_isCutOffBeforeTheDeadline() {
        bed.timeout = Duration.ofMillis(300);
        AtomicReference<NodeCall> hung = new AtomicReference<>();
        script("ok", answering(5));
        script(
                "hung",
                (node, matrix, call) -> {
                    hung.set(call);
                    return new CompletableFuture<>();
                });
        script("after", answering(6));
        GraphPlan plan =
                twoInputs()
                        .scripted("ok", DataType.INT32, "p")
                        .scripted("hung", DataType.INT32, "p")
                        .scripted("after", DataType.INT32, "hung")
                        .build();
        long start = System.nanoTime();

        Execution execution = bed.run(plan, input("p", "p1"));

        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isBetween(Duration.ofMillis(250), Duration.ofMillis(1500));
        assertThat(cells(execution, "ok", "hung", "after"))
                .containsExactly(List.of("PRESENT:5", "NODE_FAILED:0", "NODE_FAILED:0"));
        assertThat(execution.reports())
                .extracting(NodeReport::outcome)
                .containsExactly(Outcome.OK, Outcome.LATE, Outcome.LATE);
        assertThat(report(execution, "after").attempts()).isZero();
        assertThat(hung.get().deadline()).isBefore(Clock.systemUTC().instant());
        assertThat(hung.get().write(() -> {})).isFalse();
    }

    @Test
    void run_writerInsideTheGate_isAwaitedByTheCut() throws InterruptedException {
        bed.timeout = Duration.ofMillis(100);
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        AtomicReference<NodeCall> hung = new AtomicReference<>();
        script(
                "hung",
                (node, matrix, call) -> {
                    hung.set(call);
                    Thread writer =
                            new Thread(
                                    () ->
                                            call.write(
                                                    () -> {
                                                        inside.countDown();
                                                        await(leave);
                                                        fill(node, matrix, call, 9);
                                                    }));
                    writer.start();
                    return new CompletableFuture<>();
                });
        var pending =
                bed.start(
                                twoInputs().scripted("hung", DataType.INT32, "p").build(),
                                input("p", "p1"))
                        .toCompletableFuture();
        assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();
        org.awaitility.Awaitility.await().until(() -> hung.get().gate().isClosed());

        assertThat(pending).isNotDone();
        leave.countDown();

        assertThat(cells(pending.join(), "hung")).containsExactly(List.of("PRESENT:9"));
        assertThat(report(pending.join(), "hung").outcome()).isEqualTo(Outcome.LATE);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void run_attemptsThatTimeOut_areRetriedWhileTimeIsLeft() {
        AtomicInteger attempts = new AtomicInteger();
        script(
                "s",
                (node, matrix, call) ->
                        attempts.incrementAndGet() < 3
                                ? new CompletableFuture<>()
                                : answering(8).run(node, matrix, call));
        GraphPlan plan =
                twoInputs()
                        .policy(policy(SHORT, 2, Duration.ofMillis(1), OnFailure.DEGRADE))
                        .scripted("s", DataType.INT32, "p")
                        .build();

        Execution execution = bed.run(plan, input("p", "p1"));

        assertThat(cells(execution, "s")).containsExactly(List.of("PRESENT:8"));
        assertThat(report(execution, "s").attempts()).isEqualTo(3);
    }

    @Test
    void run_retriesUsedUp_endLate() {
        script("s", silent());
        GraphPlan plan =
                twoInputs()
                        .policy(policy(SHORT, 1, Duration.ZERO, OnFailure.DEGRADE))
                        .scripted("s", DataType.INT32, "p")
                        .build();

        NodeReport report = report(bed.run(plan, input("p", "p1")), "s");

        assertThat(report.outcome()).isEqualTo(Outcome.LATE);
        assertThat(report.message()).isEqualTo("no answer within 60 ms");
        assertThat(report.attempts()).isEqualTo(2);
    }

    @Test
    void run_failureThatCannotPass_isNotRetried() {
        script(
                "s",
                (node, matrix, call) ->
                        CompletableFuture.completedFuture(NodeResult.failed("no", false, 1)));
        GraphPlan plan =
                twoInputs()
                        .policy(policy(Duration.ZERO, 5, Duration.ZERO, OnFailure.DEGRADE))
                        .scripted("s", DataType.INT32, "p")
                        .build();

        NodeReport report = report(bed.run(plan, input("p", "p1")), "s");

        assertThat(report.attempts()).isEqualTo(1);
        assertThat(report.message()).isEqualTo("no");
    }

    @Test
    void run_nodeThatMustNotFail_failsTheCallAtOnce() {
        script("hung", silent());
        script(
                "must",
                (node, matrix, call) ->
                        CompletableFuture.completedFuture(
                                NodeResult.failed("store is down", false, 1)));
        GraphPlan plan =
                twoInputs()
                        .scripted("hung", DataType.INT32, "p")
                        .policy(policy(Duration.ZERO, 0, Duration.ZERO, OnFailure.FAIL))
                        .scripted("must", DataType.INT32, "p")
                        .build();

        ServingException failure = refused(plan, input("p", "p1"));

        assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure).hasMessage("node must failed: store is down");
    }

    @Test
    void run_runnerWithADefect_endsItsNodeOnly() {
        script(
                "throws",
                (node, matrix, call) -> {
                    throw new IllegalStateException("bug");
                });
        script(
                "error",
                (node, matrix, call) -> {
                    throw new StackOverflowError();
                });
        script(
                "later",
                (node, matrix, call) ->
                        CompletableFuture.failedFuture(new IllegalStateException("bug")));
        script("nothing", (node, matrix, call) -> CompletableFuture.completedFuture(null));
        script("after", answering(1));
        GraphPlan plan =
                twoInputs()
                        .scripted("throws", DataType.INT32, "p")
                        .scripted("error", DataType.INT32, "p")
                        .scripted("later", DataType.INT32, "p")
                        .scripted("nothing", DataType.INT32, "p")
                        .scripted("after", DataType.INT32, "throws", "error", "later", "nothing")
                        .build();

        Execution execution = bed.run(plan, input("p", "p1"));

        assertThat(cells(execution, "throws", "error", "later", "nothing", "after"))
                .containsExactly(
                        List.of(
                                "NODE_FAILED:0",
                                "NODE_FAILED:0",
                                "NODE_FAILED:0",
                                "NODE_FAILED:0",
                                "PRESENT:1"));
    }

    @Test
    void run_condition_runsTheRowsForWhichItHolds() {
        List<List<Integer>> asked = new ArrayList<>();
        script(
                "s",
                (node, matrix, call) -> {
                    asked.add(Arrays.stream(call.rows()).boxed().toList());
                    return answering(3).run(node, matrix, call);
                });
        GraphPlan plan =
                twoInputs()
                        .when("p", value -> value.equals("yes"))
                        .scripted("s", DataType.INT32, "p")
                        .build();

        Execution some = bed.run(plan, input("p", "yes", "no", "yes"));
        Execution none = bed.run(plan, input("p", "no"));

        assertThat(asked).containsExactly(List.of(0, 2));
        assertThat(cells(some, "s"))
                .containsExactly(List.of("PRESENT:3"), List.of("SKIPPED:0"), List.of("PRESENT:3"));
        assertThat(report(none, "s").outcome()).isEqualTo(Outcome.SKIPPED);
    }

    @Test
    void run_conditionWithoutAValue_marksItsRow() {
        script("s", answering(3));
        GraphPlan plan =
                twoInputs()
                        .when(
                                "p",
                                value -> {
                                    throw new io.dhara.graph.expression.ExpressionException(
                                            "no such element");
                                })
                        .scripted("s", DataType.INT32, "p")
                        .build();

        assertThat(cells(bed.run(plan, input("p", "a")), "s"))
                .containsExactly(List.of("NODE_FAILED:0"));
    }

    @Test
    void candidates_setTheRows_whenTheCallerDoesNot() {
        bed.candidates =
                (node, inputs, call) ->
                        CompletableFuture.completedFuture(
                                new Candidates(
                                        List.of("x", "y", "z"),
                                        List.of(
                                                Arrays.asList(
                                                        GraphBed.fp32(2),
                                                        null,
                                                        GraphBed.fp32(1)))));
        script("s", answering(4));
        GraphPlan plan =
                twoInputs()
                        .candidates("find", 2, "found")
                        .scripted("s", DataType.INT32, "found")
                        .build();

        Execution execution = bed.run(plan, input("u", "u1"));

        assertThat(cells(execution, "p", "u", "found", "s"))
                .containsExactly(
                        List.of("PRESENT:x", "PRESENT:u1", "PRESENT:2", "PRESENT:4"),
                        List.of("PRESENT:y", "PRESENT:u1", "MISSING:0", "PRESENT:4"));
        assertThat(report(execution, "find").outcome()).isEqualTo(Outcome.OK);
    }

    @Test
    void candidates_areNotAsked_whenTheCallerGivesTheRows() {
        script("s", answering(4));
        GraphPlan plan =
                twoInputs()
                        .candidates("find", 2, "found")
                        .scripted("s", DataType.INT32, "found")
                        .build();

        Execution execution = bed.run(plan, input("p", "p1"));

        assertThat(cells(execution, "found", "s"))
                .containsExactly(List.of("SKIPPED:0", "PRESENT:4"));
        assertThat(report(execution, "find").outcome()).isEqualTo(Outcome.SKIPPED);
    }

    @Test
    void candidates_thatDoNotCome_failTheCallByItsDeadline() {
        bed.timeout = Duration.ofMillis(100);
        GraphPlan plan = twoInputs().candidates("find", 2).build();

        ServingException failure = refused(plan, input("u", "u1"));

        assertThat(failure.kind()).isEqualTo(Kind.DEADLINE);
        assertThat(failure).hasMessageContaining("no candidates from node find (cg)");
    }

    @Test
    void close_mayBeCalledTwice() {
        bed.executor.close();
        bed.executor.close();
    }

    @Test
    void run_resultFromWithinAWrite_ends() {
        CompletableFuture<NodeResult> answer = new CompletableFuture<>();
        script(
                "s",
                (node, matrix, call) -> {
                    call.write(
                            () -> {
                                fill(node, matrix, call, 2);
                                answer.complete(NodeResult.ok(1));
                            });
                    return answer;
                });
        CompletionStage<Execution> run =
                bed.start(twoInputs().scripted("s", DataType.INT32, "p").build(), input("p", "p1"));

        assertThat(cells(run.toCompletableFuture().join(), "s"))
                .containsExactly(List.of("PRESENT:2"));
    }
}
