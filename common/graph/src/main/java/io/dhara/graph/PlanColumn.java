package io.dhara.graph;

import io.dhara.core.model.DataType;

/**
 * One column of a feature matrix.
 *
 * @param index place in {@link GraphPlan#columns()}, or in {@link GraphPlan.Slates#columns()} for a
 *     column of the slate matrix
 * @param name unique in its matrix, such as {@code product:attrs:category_id} or {@code pctr}
 * @param type of every cell
 * @param vectorLength elements of a vector; 0 for scalars
 * @param kind who fills it
 * @param fallback value answered where there is none: {@link #width()} bytes, or any number for
 *     varying columns. Do not change it
 */
public record PlanColumn(
        int index, String name, DataType type, int vectorLength, Kind kind, byte[] fallback) {

    /** Who fills a column. */
    public enum Kind {
        /** The caller: an id or a value sent along. */
        INPUT,
        /** A feature node that joins its key values with {@code |}. */
        COMPOSITE_KEY,
        /** A feature node, from a store. */
        FEATURE,
        /** A model, an expression or a candidate node. */
        SCORE
    }

    /** Bytes of a cell; 0 for strings, whose cells vary. Booleans take one byte an element. */
    public int width() {
        int element =
                switch (type.kind()) {
                    case STRING -> 0;
                    case BOOL -> 1;
                    case FLOAT, INT, UINT -> type.elementBytes();
                };
        return type.isVector() ? element * vectorLength : element;
    }
}
