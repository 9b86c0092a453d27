package io.dhara.serving.inferflow;

import io.dhara.core.model.DataType;
import io.dhara.core.psdb.Elements;
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
            return Elements.read(type, bytes, start);
        }
        List<Double> elements = new ArrayList<>(plan.vectorLength());
        DataType scalar = type.scalar();
        int width = Elements.width(scalar);
        for (int i = 0; i < plan.vectorLength(); i++) {
            elements.add(Elements.read(scalar, bytes, start + i * width));
        }
        return elements;
    }
}
