package io.dhara.serving.inferflow;

import io.dhara.graph.GraphNode;
import io.dhara.graph.GraphPlan;
import io.dhara.serving.grpc.CallerContext;
import io.grpc.Context;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CompletionStage;

/**
 * What all nodes of one request share.
 *
 * @param context of the call: no node starts once it is cancelled
 * @param deadline of the last node, which leaves time to send the answer
 * @param startNanos of the call, {@link System#nanoTime}
 */
record ExecutionParts(
        GraphPlan plan,
        CallerContext caller,
        String trackingId,
        Context context,
        Instant deadline,
        long startNanos,
        NodeRunners runners,
        NodeTimer timer,
        Clock clock) {

    CompletionStage<NodeResult> run(
            GraphNode node, FeatureMatrix matrix, int[] rows, Instant until, WriteGate gate) {
        return runners.run(node, matrix, new NodeCall(plan, caller, trackingId, rows, until, gate));
    }
}
