package io.dhara.serving.inferflow;

import io.dhara.core.model.DataType;
import io.dhara.core.psdb.Numbers;
import io.dhara.graph.PlanColumn;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Values that callers send as text, in the form of a cell. */
final class InputText {
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
        switch (type.kind()) {
            case BOOL -> to[at] = bool(text);
            case FLOAT -> Numbers.writeFloat(type, to, at, Double.parseDouble(text));
            case INT -> {
                long value = Long.parseLong(text);
                int unused = 64 - 8 * type.elementBytes();
                if (value << unused >> unused != value) {
                    throw new IllegalArgumentException("is out of range");
                }
                Numbers.writeInteger(type.elementBytes(), to, at, value);
            }
            case UINT -> {
                long value = Long.parseUnsignedLong(text);
                int unused = 64 - 8 * type.elementBytes();
                if (value << unused >>> unused != value) {
                    throw new IllegalArgumentException("is out of range");
                }
                Numbers.writeInteger(type.elementBytes(), to, at, value);
            }
            case STRING -> throw new IllegalArgumentException("a string has no width");
        }
    }

    private static byte bool(String text) {
        if (text.equalsIgnoreCase("true")) {
            return 1;
        }
        if (text.equalsIgnoreCase("false")) {
            return 0;
        }
        throw new IllegalArgumentException("must be true or false");
    }
}
