package io.dhara.flink.feature;

import io.dhara.core.model.DataType;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Values written by a person, turned into those of a {@link FeatureRow}. Stateless. */
public final class TextValues {
    private TextValues() {}

    /**
     * The value of a feature; elements of a vector are separated by commas.
     *
     * @throws NumberFormatException if the text is no value of the type
     */
    public static Object parse(DataType type, String text) {
        if (!type.isVector()) {
            return element(type, text);
        }
        List<String> elements = new ArrayList<>();
        for (String element : text.split(",", -1)) {
            elements.add(element.strip());
        }
        return vector(type, elements);
    }

    /**
     * @throws NumberFormatException if an element is no value of the type
     */
    static List<Object> vector(DataType type, List<String> elements) {
        return elements.stream().map(element -> element(type.scalar(), element)).toList();
    }

    /**
     * @throws NumberFormatException if the text is no value of the type
     */
    static Object element(DataType type, String text) {
        return switch (type.kind()) {
            case FLOAT -> Double.parseDouble(text);
            case INT, UINT -> new BigInteger(text);
            case STRING -> text;
            case BOOL -> bool(text);
        };
    }

    private static boolean bool(String text) {
        return switch (text) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new NumberFormatException("a bool is true or false: got " + text);
        };
    }
}
