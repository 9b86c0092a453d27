package io.dhara.graph.config;

import io.dhara.core.model.DataType;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The one reader of type names. Knows {@code DataTypeFP32}, {@code FP32} and {@code fp32} alike,
 * and {@code BYTES}, which model servers call strings. Stateless.
 */
public final class TypeNames {
    private static final String PREFIX = "datatype";
    private static final Map<String, DataType> BY_NAME =
            Stream.of(DataType.values())
                    .collect(
                            Collectors.toMap(
                                    type -> type.wireName().toLowerCase(Locale.ROOT).substring(8),
                                    type -> type));

    private TypeNames() {}

    /** The type of this name in any spelling, or empty. */
    public static Optional<DataType> parse(String name) {
        String folded = name.trim().toLowerCase(Locale.ROOT);
        if (folded.equals("bytes")) {
            return Optional.of(DataType.STRING);
        }
        return Optional.ofNullable(
                BY_NAME.get(
                        folded.startsWith(PREFIX) ? folded.substring(PREFIX.length()) : folded));
    }

    /** Without the prefix: {@code FP32}. */
    public static String text(DataType type) {
        return type.wireName().substring(PREFIX.length());
    }

    /** The vector type of a scalar type; a vector type itself. */
    public static DataType vectorOf(DataType type) {
        return type.isVector() ? type : DataType.ofId(type.id() + 15).orElseThrow();
    }
}
