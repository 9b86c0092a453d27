package io.dhara.graph.config;

/**
 * How large a graph may be.
 *
 * @param columns of its main matrix
 * @param nodes of it, slate nodes counted too
 * @param keyParts of one feature node
 * @param expressionChars of one expression
 */
public record GraphLimits(int columns, int nodes, int keyParts, int expressionChars) {
    public static final GraphLimits DEFAULT = new GraphLimits(1000, 64, 8, 4000);
}
