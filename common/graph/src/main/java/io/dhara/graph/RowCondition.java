package io.dhara.graph;

import io.dhara.graph.expression.Expression;

/**
 * A branch: the node runs for the rows for which this holds; the cells of all others are marked as
 * skipped.
 *
 * @param expression boolean, over columns that are filled when the node starts
 */
public record RowCondition(Expression expression) {}
