package io.dhara.serving.inferflow.scoring;

import static java.util.Objects.requireNonNull;

import io.dhara.graph.GraphPlan;
import io.dhara.serving.grpc.CallerContext;
import io.dhara.serving.inferflow.Execution;
import io.dhara.serving.inferflow.FeatureMatrix;
import io.dhara.serving.inferflow.GraphExecutor;
import io.dhara.serving.inferflow.NodeRunners;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Runs the nodes of slates once the main matrix is filled. Thread-safe. */
final class SlateScoring {
    private final NodeRunners runners;
    private final ModelCalls calls;
    private final int maxCalls;

    /**
     * @param runners of the main matrix
     * @param maxCalls most calls of one node and request that are on their way
     */
    SlateScoring(NodeRunners runners, ModelCalls calls, int maxCalls) {
        this.runners = requireNonNull(runners, "runners is null");
        this.calls = requireNonNull(calls, "calls is null");
        this.maxCalls = maxCalls;
    }

    /**
     * Slates of one request.
     *
     * @param main filled
     * @param slates with its inputs in it
     * @param rows of {@code main}, one list per slate
     */
    record Request(
            GraphPlan plan,
            GraphPlan.Slates of,
            FeatureMatrix main,
            FeatureMatrix slates,
            List<int[]> rows) {}

    CompletionStage<Execution> run(
            GraphExecutor executor, Request request, CallerContext caller, String trackingId) {
        NodeRunners ofSlates =
                new NodeRunners(
                        runners.features(),
                        new SlateModelRunner(calls, maxCalls, request.main, request.rows),
                        runners.expressions(),
                        runners.candidates());
        return executor.run(
                request.plan, request.of.nodes(), request.slates, ofSlates, caller, trackingId);
    }
}
