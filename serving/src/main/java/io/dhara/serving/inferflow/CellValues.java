package io.dhara.serving.inferflow;

import io.dhara.core.model.DataType;
import io.dhara.core.psdb.Numbers;
import io.dhara.graph.PlanColumn;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Cells as the values that expressions work on. */
final class CellValues {
    private CellValues() {}

    /**
     * {@code Double} for every number, {@code Boolean}, {@code String}, or {@code List<Double>} for
     * vectors of numbers and bools.
     */
    static Object value(FeatureMatrix matrix, int column, int row) {
        PlanColumn plan = matrix.columns().get(column);
        DataType type = plan.type();
        byte[] bytes = matrix.array(column, row);
        int start = matrix.start(column, row);
        if (type == DataType.STRING) {
            return new String(bytes, start, matrix.length(column, row), StandardCharsets.UTF_8);
        }
        if (type == DataType.BOOL) {
            return bytes[start] == 1;
        }
        if (type.kind() == DataType.Kind.STRING) {
            throw new IllegalArgumentException(
                    "column " + plan.name() + " holds strings, no expression reads it");
        }
        if (!type.isVector()) {
            return number(type, bytes, start);
        }
        List<Double> elements = new ArrayList<>(plan.vectorLength());
        int width = Math.max(1, type.elementBytes());
        for (int i = 0; i < plan.vectorLength(); i++) {
            elements.add(number(type, bytes, start + i * width));
        }
        return elements;
    }

    private static double number(DataType type, byte[] bytes, int at) {
        return switch (type.kind()) {
            case FLOAT -> Numbers.readFloat(type, bytes, at);
            case INT -> Numbers.readInteger(type, bytes, at);
            case UINT -> unsigned(Numbers.readInteger(type, bytes, at));
            case BOOL -> bytes[at];
            case STRING -> throw new IllegalArgumentException("a string is no number");
        };
    }

    private static double unsigned(long bits) {
        double low = bits & Long.MAX_VALUE;
        return bits < 0 ? low + 0x1p63 : low;
    }
}
