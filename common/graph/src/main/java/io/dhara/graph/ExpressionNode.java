package io.dhara.graph;

import io.dhara.graph.expression.Expression;

/**
 * Computes a column from others, row by row.
 *
 * @param column index of the column it fills
 */
public record ExpressionNode(Head head, Expression expression, int column) implements GraphNode {
    @Override
    public String kind() {
        return "expression";
    }
}
