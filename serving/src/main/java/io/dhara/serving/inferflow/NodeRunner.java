package io.dhara.serving.inferflow;

import io.dhara.graph.GraphNode;
import java.util.concurrent.CompletionStage;

/**
 * Runs nodes of one kind. Does not block: it starts what has to be awaited and completes on another
 * thread, or on the caller's if there is nothing to await. Thread-safe.
 */
public interface NodeRunner<N extends GraphNode> {

    /**
     * Fills the node's columns in the rows of the call; every one of these cells has a status other
     * than {@link CellStatus#EMPTY} when the result is OK or PARTIAL. All writes into the matrix go
     * through {@link NodeCall#write}, which refuses them once the attempt is over. The executor
     * marks the cells that are still empty when it is FAILED, LATE or completed exceptionally,
     * which counts as a defect of ours.
     */
    CompletionStage<NodeResult> run(N node, FeatureMatrix matrix, NodeCall call);
}
