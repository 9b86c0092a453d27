package io.dhara.serving.inferflow;

import io.dhara.graph.GraphPlan;
import java.util.List;

/**
 * A plan that was run for one request. Nothing writes into the matrix any more.
 *
 * @param reports one per node, in their order
 */
public record Execution(GraphPlan plan, FeatureMatrix matrix, List<NodeReport> reports) {}
