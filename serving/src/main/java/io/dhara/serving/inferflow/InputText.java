package io.dhara.serving.inferflow;

import io.dhara.core.model.DataType;
import io.dhara.core.psdb.Elements;
import io.dhara.graph.PlanColumn;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Values that callers send as text, in the form of a cell. */
final class InputText {
    private static final Pattern INTEGER = Pattern.compile("[+-]?\\d+");
    private static final Pattern BETWEEN_ELEMENTS = Pattern.compile("[,:]");

    private InputText() {}

    /**
     * @param text elements of vectors separated by {@code ,} or {@code :}
     * @throws IllegalArgumentException if the text is no value of the column's type
     */
    static byte[] bytes(PlanColumn column, String text) {
        DataType type = column.type();
        if (type == DataType.STRING) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        if (type.kind() == DataType.Kind.STRING) {
            throw new IllegalArgumentException("no input can be a vector of strings");
        }
        byte[] bytes = new byte[column.width()];
        if (!type.isVector()) {
            write(type, bytes, 0, text);
            return bytes;
        }
        String[] elements = BETWEEN_ELEMENTS.split(text, -1);
        if (elements.length != column.vectorLength()) {
            throw new IllegalArgumentException(
                    "needs %d elements, got %d".formatted(column.vectorLength(), elements.length));
        }
        int width = bytes.length / elements.length;
        for (int i = 0; i < elements.length; i++) {
            write(type.scalar(), bytes, i * width, elements[i].trim());
        }
        return bytes;
    }

    private static void write(DataType type, byte[] to, int at, String text) {
        boolean integer = type.kind() == DataType.Kind.INT || type.kind() == DataType.Kind.UINT;
        boolean fits = !integer || INTEGER.matcher(text).matches();
        if (!fits || !Elements.parse(text, type, to, at)) {
            throw new IllegalArgumentException("no value of the type, or beyond its range");
        }
    }
}
