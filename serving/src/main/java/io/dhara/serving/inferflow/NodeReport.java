package io.dhara.serving.inferflow;

import io.dhara.graph.GraphNode;

/**
 * How a node fared in one request.
 *
 * @param message of the failure, empty when all is well
 * @param startedNanos from the start of the call; that of its end for a node that never started
 * @param attempts 0 for a node that never started
 * @param asked distinct keys or rows that the last attempt asked for
 */
public record NodeReport(
        GraphNode node,
        NodeResult.Outcome outcome,
        String message,
        long startedNanos,
        long tookNanos,
        int attempts,
        int asked) {}
