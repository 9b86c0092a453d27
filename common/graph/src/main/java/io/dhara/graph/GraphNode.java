package io.dhara.graph;

import org.jspecify.annotations.Nullable;

/** A node of a plan. What kinds there are is closed: an executor has one runner for each. */
public sealed interface GraphNode permits FeatureNode, ModelNode, ExpressionNode, CandidateNode {

    /** What all kinds have; its position is the node's place in {@link GraphPlan#nodes()}. */
    Head head();

    /** {@code feature}, {@code model}, {@code expression} or {@code candidates}. */
    String kind();

    /**
     * What all kinds of nodes have.
     *
     * @param position in {@link GraphPlan#nodes()}; all it waits for stand before it
     * @param name unique in the plan
     * @param waitsFor positions of the nodes that must have ended before this one starts
     * @param reads indices of the columns it reads, condition included
     * @param produces indices of the columns it fills
     * @param condition rows it runs for; null for all
     */
    record Head(
            int position,
            String name,
            int[] waitsFor,
            int[] reads,
            int[] produces,
            NodePolicy policy,
            @Nullable RowCondition condition) {}
}
