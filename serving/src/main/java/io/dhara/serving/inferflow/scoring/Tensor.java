package io.dhara.serving.inferflow.scoring;

import io.dhara.core.model.DataType;
import io.dhara.core.model.DataType.Kind;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of the open inference protocol.
 *
 * @param type of its elements: a scalar type
 * @param shape whose first number counts rows
 * @param raw elements row-major, little endian; strings each have a uint32 length before them. Not
 *     a copy
 */
record Tensor(String name, DataType type, long[] shape, byte[] raw) {
    static final int STRING_LENGTH_BYTES = 4;

    private static final String STRING_NAME = "BYTES";
    private static final Map<String, DataType> BY_NAME = new HashMap<>();

    static {
        for (DataType type : DataType.values()) {
            if (!type.isVector()) {
                BY_NAME.put(nameOf(type), type);
            }
        }
    }

    /**
     * The protocol's name of a type, such as {@code INT32} or {@code BYTES}. It has none for FP8,
     * which keeps ours.
     */
    static String nameOf(DataType type) {
        return type.kind() == Kind.STRING
                ? STRING_NAME
                : type.scalar().wireName().substring("DataType".length()).toUpperCase(Locale.ROOT);
    }

    /** The type of a name in the protocol, or null. */
    static @Nullable DataType typeOf(String name) {
        return BY_NAME.get(name);
    }

    /** Elements that the shape says; -1 for a shape with a negative number or too many. */
    long elements() {
        long product = 1;
        for (long size : shape) {
            if (size < 0 || (size > 0 && product > Integer.MAX_VALUE / size)) {
                return -1;
            }
            product *= size;
        }
        return product;
    }
}
