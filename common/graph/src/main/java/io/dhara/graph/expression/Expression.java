package io.dhara.graph.expression;

import io.dhara.core.model.DataType;
import java.util.List;

/** An expression, parsed and type-checked once, evaluated per row. Immutable; thread-safe. */
public interface Expression {

    /**
     * A name in the text and the column it stands for.
     *
     * @param name in the text
     * @param column index in the matrix
     * @param type of the column
     */
    record Variable(String name, int column, DataType type) {}

    /** As written. */
    String text();

    /** In the order of {@link #evaluate}'s argument. */
    List<Variable> variables();

    /**
     * What it gives: {@link DataType#FP64} for numbers, {@link DataType#BOOL}, {@link
     * DataType#STRING} or {@link DataType#FP64_VECTOR}.
     */
    DataType result();

    /**
     * @param values one per variable: {@code Double} for every number, {@code Boolean}, {@code
     *     String}, {@code List<Double>} for vectors
     * @return {@code Double}, {@code Boolean}, {@code String} or {@code List<Double>}
     * @throws ExpressionException when it has no value for these, such as an index out of range
     */
    Object evaluate(List<Object> values);
}
