package io.dhara.realtime.domain.event;

import java.util.Optional;
import java.util.stream.Stream;

/** What a column of an event holds. */
public enum FieldType {
    STRING("string", String.class),
    INT64("int64", Long.class),
    DOUBLE("double", Double.class),
    BOOLEAN("boolean", Boolean.class);

    private final String text;
    private final Class<?> javaType;

    FieldType(String text, Class<?> javaType) {
        this.text = text;
        this.javaType = javaType;
    }

    /** Its name in a definition. */
    public String text() {
        return text;
    }

    /** The class of its values. */
    public Class<?> javaType() {
        return javaType;
    }

    public boolean isNumber() {
        return this == INT64 || this == DOUBLE;
    }

    public static Optional<FieldType> ofText(String text) {
        return Stream.of(values()).filter(type -> type.text.equals(text)).findFirst();
    }
}
