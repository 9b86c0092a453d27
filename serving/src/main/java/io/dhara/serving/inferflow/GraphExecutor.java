package io.dhara.serving.inferflow;

import static java.util.Objects.requireNonNull;

import io.dhara.graph.CandidateNode;
import io.dhara.graph.GraphNode;
import io.dhara.graph.GraphPlan;
import io.dhara.serving.grpc.CallerContext;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.ServingException.Kind;
import io.dhara.serving.inferflow.NodeResult.Outcome;
import io.grpc.Context;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs plans: every ready node at once, none on a thread of its own, one deadline for all. A node
 * that fails marks its cells, or fails the call, as its policy says. Thread-safe and without
 * blocking.
 */
public final class GraphExecutor implements AutoCloseable {
    private static final int[] NO_ROWS = {};

    private final NodeRunners runners;
    private final InferflowSettings settings;
    private final Clock clock;
    private final ExecutionListener listener;
    private final NodeTimer timer = new NodeTimer();

    /**
     * @param clock of the callers' deadlines
     */
    public GraphExecutor(NodeRunners runners, InferflowSettings settings, Clock clock) {
        this(runners, settings, clock, ExecutionListener.NONE);
    }

    /**
     * @param clock of the callers' deadlines
     * @param listener whom those who answer from a run tell of it
     */
    public GraphExecutor(
            NodeRunners runners,
            InferflowSettings settings,
            Clock clock,
            ExecutionListener listener) {
        this.runners = requireNonNull(runners, "runners is null");
        this.settings = requireNonNull(settings, "settings is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.listener = requireNonNull(listener, "listener is null");
    }

    public InferflowSettings settings() {
        return settings;
    }

    /** Whom to tell of a run whose answer is built. */
    public ExecutionListener listener() {
        return listener;
    }

    /**
     * Fills a matrix. Inputs that the plan has and the caller does not give are marked missing; a
     * row input that is not given is asked of the plan's candidate node.
     *
     * @param trackingId of the request, or empty
     * @return completed on the caller's thread or on that which ended the last node; fails with a
     *     {@link ServingException} when a node whose policy says so fails, or when there are no
     *     rows to be had
     * @throws ServingException if the inputs do not fit the plan
     */
    public CompletionStage<Execution> run(
            GraphPlan plan, List<InputValues> inputs, CallerContext caller, String trackingId) {
        MatrixInputs given = new MatrixInputs(plan, inputs, settings.maxRows());
        ExecutionParts parts = parts(plan, caller, trackingId, runners);
        if (given.rowValues() != null) {
            return execute(parts, given.toMatrix(), null, null);
        }
        for (GraphNode node : plan.nodes()) {
            if (node instanceof CandidateNode candidates
                    && candidates.rowColumn() == plan.rowColumn()) {
                return asked(parts, candidates, inputs)
                        .thenCompose(
                                found -> {
                                    given.setRows(found.candidates.ids());
                                    FeatureMatrix matrix = given.toMatrix();
                                    fill(matrix, candidates, found.candidates);
                                    return execute(parts, matrix, candidates, found.report);
                                });
            }
        }
        throw new ServingException(
                Kind.INVALID,
                "input %s is missing: it sets the rows of model %s"
                        .formatted(plan.row().name(), plan.model()));
    }

    /**
     * Runs other nodes over another matrix within the same rules, such as those of slates.
     *
     * @param nodes whose positions and {@code waitsFor} count within the list
     * @param others runners of these nodes
     */
    public CompletionStage<Execution> run(
            GraphPlan plan,
            List<GraphNode> nodes,
            FeatureMatrix matrix,
            NodeRunners others,
            CallerContext caller,
            String trackingId) {
        return new GraphExecution(
                        parts(plan, caller, trackingId, others),
                        nodes,
                        matrix,
                        new NodeReport[nodes.size()])
                .start();
    }

    private ExecutionParts parts(
            GraphPlan plan, CallerContext caller, String trackingId, NodeRunners some) {
        Duration tenth = Duration.between(clock.instant(), caller.deadline()).dividedBy(10);
        Duration reserve = settings.answerReserve();
        Instant deadline = caller.deadline().minus(tenth.compareTo(reserve) < 0 ? tenth : reserve);
        return new ExecutionParts(
                plan,
                caller,
                trackingId,
                Context.current(),
                deadline,
                System.nanoTime(),
                some,
                timer,
                clock);
    }

    private record Found(Candidates candidates, NodeReport report) {}

    private CompletionStage<Found> asked(
            ExecutionParts parts, CandidateNode node, List<InputValues> inputs) {
        CompletableFuture<Found> done = new CompletableFuture<>();
        AtomicReference<@Nullable Candidates> found = new AtomicReference<>();
        NodeRun run =
                new NodeRun(
                        node.head().name(),
                        node.head().policy(),
                        parts.deadline(),
                        (until, gate) ->
                                runners.candidates()
                                        .candidates(node, inputs, call(parts, until, gate))
                                        .thenApply(
                                                candidates -> {
                                                    found.set(candidates);
                                                    return NodeResult.ok(candidates.ids().size());
                                                }),
                        (result, attempts) -> {
                            Candidates candidates = found.get();
                            if (candidates == null || result.outcome() != Outcome.OK) {
                                done.completeExceptionally(noRows(node, result));
                                return;
                            }
                            long took = System.nanoTime() - parts.startNanos();
                            done.complete(
                                    new Found(
                                            cut(candidates, node.limit()),
                                            new NodeReport(
                                                    node,
                                                    result.outcome(),
                                                    "",
                                                    0,
                                                    took,
                                                    attempts,
                                                    result.asked())));
                        },
                        timer,
                        clock);
        run.start();
        run.watch();
        if (!done.isDone()) {
            long left = Duration.between(clock.instant(), parts.deadline()).toNanos();
            var pending = timer.after(left, run::cut);
            done.whenComplete((rows, failure) -> pending.cancel(false));
        }
        return done;
    }

    private static NodeCall call(ExecutionParts parts, Instant until, WriteGate gate) {
        return new NodeCall(parts.plan(), parts.caller(), parts.trackingId(), NO_ROWS, until, gate);
    }

    private static ServingException noRows(CandidateNode node, NodeResult result) {
        return new ServingException(
                result.outcome() == Outcome.LATE ? Kind.DEADLINE : Kind.UNAVAILABLE,
                "no candidates from node %s (%s): %s"
                        .formatted(node.head().name(), node.generator(), result.message()));
    }

    private static Candidates cut(Candidates all, int limit) {
        return all.ids().size() <= limit
                ? all
                : new Candidates(
                        all.ids().subList(0, limit),
                        all.values().stream().map(values -> values.subList(0, limit)).toList());
    }

    private static void fill(FeatureMatrix matrix, CandidateNode node, Candidates candidates) {
        for (int i = 0; i < node.values().size(); i++) {
            int column = node.values().get(i);
            for (int row = 0; row < matrix.rows(); row++) {
                byte[] value = candidates.values().get(i).get(row);
                if (value == null) {
                    matrix.fallBack(column, row, CellStatus.MISSING);
                } else {
                    matrix.put(column, row, value, CellStatus.PRESENT);
                }
            }
        }
    }

    /** Candidate nodes have ended before: one has found the rows, any other has nothing to do. */
    private static CompletionStage<Execution> execute(
            ExecutionParts parts,
            FeatureMatrix matrix,
            @Nullable CandidateNode asked,
            @Nullable NodeReport report) {
        List<GraphNode> nodes = parts.plan().nodes();
        @Nullable NodeReport[] ended = new NodeReport[nodes.size()];
        for (GraphNode node : nodes) {
            if (node instanceof CandidateNode) {
                int position = node.head().position();
                ended[position] =
                        node == asked
                                ? report
                                : new NodeReport(node, Outcome.SKIPPED, "", 0, 0, 0, 0);
                matrix.fillEmpty(node.head().produces(), CellStatus.SKIPPED);
            }
        }
        return new GraphExecution(parts, nodes, matrix, ended).start();
    }

    @Override
    public void close() {
        timer.close();
    }
}
