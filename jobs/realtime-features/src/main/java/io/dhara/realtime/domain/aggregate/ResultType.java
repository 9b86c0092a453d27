package io.dhara.realtime.domain.aggregate;

import io.dhara.core.model.DataType;
import io.dhara.core.model.DataType.Kind;

/**
 * What an aggregate gives: a {@link Long} (INT), {@link Double} (FLOAT), {@link String} or {@link
 * Boolean}, or a list of them.
 *
 * @param kind of the value or of each element
 * @param length elements of a vector; 0 for a single value
 */
public record ResultType(Kind kind, int length) {

    public static ResultType of(Kind kind) {
        return new ResultType(kind, 0);
    }

    public boolean isVector() {
        return length > 0;
    }

    /**
     * Whether values of this kind can be written as the type. Whole numbers fit floating-point
     * types too; whether one fits the width is known per value. Vector lengths are not compared.
     */
    public boolean fits(DataType type) {
        boolean sameShape = type.isVector() == isVector();
        boolean number =
                kind == Kind.INT && (type.kind() == Kind.UINT || type.kind() == Kind.FLOAT);
        return sameShape && (type.kind() == kind || number);
    }

    @Override
    public String toString() {
        String element =
                switch (kind) {
                    case INT, UINT -> "whole number";
                    case FLOAT -> "number";
                    case STRING -> "text";
                    case BOOL -> "boolean";
                };
        return isVector() ? "vector of " + length + " x " + element : element;
    }
}
