package io.dhara.graph.config;

import io.dhara.graph.GraphNode;
import io.dhara.graph.RowCondition;
import java.util.BitSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A node whose columns are known and whose place is not.
 *
 * @param reads indices of the columns it reads; for a model of slates, of the main matrix
 * @param waitsOn those of them that another node of the same matrix may fill
 * @param produces indices of the columns it fills, in order
 * @param first whether it runs before all others
 * @param build makes the node
 */
record NodeDraft(
        ComponentDefinition definition,
        BitSet reads,
        BitSet waitsOn,
        int[] produces,
        @Nullable RowCondition condition,
        boolean first,
        Function<GraphNode.Head, GraphNode> build) {}
