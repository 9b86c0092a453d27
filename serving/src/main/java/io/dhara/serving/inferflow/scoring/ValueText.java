package io.dhara.serving.inferflow.scoring;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dhara.core.model.DataType;
import io.dhara.core.model.DataType.Kind;
import io.dhara.core.psdb.Elements;
import io.dhara.serving.inferflow.scoring.CellElements.Slice;
import org.jspecify.annotations.Nullable;

/**
 * Cells as text and back, as BharatMLStack's Inferflow writes them: numbers as Go prints them,
 * vectors with a comma between elements. Reading takes commas and colons alike, so that whatever
 * either side wrote is read again. Stateless.
 */
public final class ValueText {
    private static final char BETWEEN_ELEMENTS = ',';

    private ValueText() {}

    /**
     * A value as text.
     *
     * @param vectorLength strings of a string vector; not looked at for others
     * @param length bytes of the value, in the form a stored value is served in
     * @throws IllegalArgumentException if the length does not fit the type
     */
    public static String of(DataType type, int vectorLength, byte[] bytes, int offset, int length) {
        if (type == DataType.STRING) {
            return new String(bytes, offset, length, UTF_8);
        }
        Slice cell = new Slice(bytes, offset, length);
        StringBuilder text = new StringBuilder();
        if (type == DataType.STRING_VECTOR) {
            byte @Nullable [][] strings = CellElements.strings(type, cell, vectorLength);
            if (strings == null) {
                throw misfit(type, length);
            }
            for (int i = 0; i < strings.length; i++) {
                separate(text, i).append(new String(strings[i], UTF_8));
            }
            return text.toString();
        }
        int width = Elements.width(type);
        if (length % width != 0 || (!type.isVector() && length != width)) {
            throw misfit(type, length);
        }
        for (int i = 0; i < length / width; i++) {
            Elements.appendText(separate(text, i), type, bytes, offset + i * width);
        }
        return text.toString();
    }

    private static StringBuilder separate(StringBuilder text, int element) {
        return element == 0 ? text : text.append(BETWEEN_ELEMENTS);
    }

    /**
     * The value that a text says, in the form a stored value is served in; null if it says none.
     *
     * @param vectorLength elements that a vector must have; 0 for any number
     */
    public static byte @Nullable [] parse(String text, DataType type, int vectorLength) {
        if (type == DataType.STRING) {
            return text.getBytes(UTF_8);
        }
        String[] parts = type.isVector() ? CellElements.split(text) : new String[] {text};
        if (type.isVector() && vectorLength > 0 && parts.length != vectorLength) {
            return null;
        }
        if (type == DataType.STRING_VECTOR) {
            byte[][] strings = new byte[parts.length][];
            for (int i = 0; i < parts.length; i++) {
                strings[i] = parts[i].getBytes(UTF_8);
            }
            return CellElements.storedForm(strings);
        }
        int width = Elements.width(type);
        byte[] value = new byte[Math.multiplyExact(parts.length, width)];
        for (int i = 0; i < parts.length; i++) {
            if (!Elements.parse(element(type, parts[i]), type, value, i * width)) {
                return null;
            }
        }
        return value;
    }

    /** Booleans of a vector are also written as 1 and 0. */
    private static String element(DataType type, String text) {
        if (type.kind() != Kind.BOOL || !type.isVector()) {
            return text;
        }
        return switch (text) {
            case "1" -> "true";
            case "0" -> "false";
            default -> text;
        };
    }

    private static IllegalArgumentException misfit(DataType type, int length) {
        return new IllegalArgumentException(
                type.wireName() + " does not have " + length + " bytes");
    }
}
