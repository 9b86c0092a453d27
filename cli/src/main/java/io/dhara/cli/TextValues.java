package io.dhara.cli;

import io.dhara.core.model.DataType;
import io.dhara.proto.persist.Values;
import io.dhara.proto.persist.Vector;
import java.util.Map;

/**
 * Values typed by a person, put into the field of {@code persist.Values} that a data type needs.
 */
final class TextValues {
    private TextValues() {}

    /**
     * @param values text by feature label, in the order of the message's labels
     * @throws NumberFormatException for a number that is none
     */
    static Values of(DataType type, Map<String, String> values) {
        Values.Builder message = Values.newBuilder();
        for (String text : values.values()) {
            if (type.isVector()) {
                Values.Builder elements = Values.newBuilder();
                for (String element : text.split(",", -1)) {
                    add(elements, type.scalar(), element.strip());
                }
                message.addVector(Vector.newBuilder().setValues(elements));
            } else {
                add(message, type, text);
            }
        }
        return message.build();
    }

    private static void add(Values.Builder values, DataType type, String text) {
        switch (type) {
            case FP64 -> values.addFp64Values(Double.parseDouble(text));
            case FP8_E5M2, FP8_E4M3, FP16, FP32 -> values.addFp32Values(Double.parseDouble(text));
            case INT8, INT16, INT32 -> values.addInt32Values(Integer.parseInt(text));
            case INT64 -> values.addInt64Values(Long.parseLong(text));
            case UINT8, UINT16, UINT32 -> values.addUint32Values(Integer.parseUnsignedInt(text));
            case UINT64 -> values.addUint64Values(Long.parseUnsignedLong(text));
            case BOOL -> values.addBoolValues(bool(text));
            case STRING -> values.addStringValues(text);
            default -> throw new IllegalArgumentException("not a scalar type: " + type);
        }
    }

    private static boolean bool(String text) {
        return switch (text) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new NumberFormatException("a bool is true or false: got " + text);
        };
    }
}
