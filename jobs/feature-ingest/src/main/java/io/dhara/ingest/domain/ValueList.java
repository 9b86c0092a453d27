package io.dhara.ingest.domain;

import io.dhara.core.model.DataType;
import io.dhara.proto.persist.Values;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The typed lists of a {@link Values} message. */
enum ValueList {
    FP32("fp32_values"),
    FP64("fp64_values"),
    INT32("int32_values"),
    INT64("int64_values"),
    UINT32("uint32_values"),
    UINT64("uint64_values"),
    STRING("string_values"),
    BOOL("bool_values"),
    VECTOR("vector");

    private final String field;

    ValueList(String field) {
        this.field = field;
    }

    /** The list that holds elements of this type. */
    static ValueList ofElement(DataType scalar) {
        return switch (scalar.kind()) {
            case FLOAT -> scalar == DataType.FP64 ? FP64 : FP32;
            case INT -> scalar == DataType.INT64 ? INT64 : INT32;
            case UINT -> scalar == DataType.UINT64 ? UINT64 : UINT32;
            case STRING -> STRING;
            case BOOL -> BOOL;
        };
    }

    String field() {
        return field;
    }

    int size(Values values) {
        return switch (this) {
            case FP32 -> values.getFp32ValuesCount();
            case FP64 -> values.getFp64ValuesCount();
            case INT32 -> values.getInt32ValuesCount();
            case INT64 -> values.getInt64ValuesCount();
            case UINT32 -> values.getUint32ValuesCount();
            case UINT64 -> values.getUint64ValuesCount();
            case STRING -> values.getStringValuesCount();
            case BOOL -> values.getBoolValuesCount();
            case VECTOR -> values.getVectorCount();
        };
    }

    /** Element of a float list. */
    double doubleAt(Values values, int index) {
        return this == FP64 ? values.getFp64Values(index) : values.getFp32Values(index);
    }

    /** Element of an integer list; of UINT64 the bits. */
    long longAt(Values values, int index) {
        return switch (this) {
            case INT32 -> values.getInt32Values(index);
            case INT64 -> values.getInt64Values(index);
            case UINT32 -> Integer.toUnsignedLong(values.getUint32Values(index));
            case UINT64 -> values.getUint64Values(index);
            case FP32, FP64, STRING, BOOL, VECTOR ->
                    throw new IllegalStateException(field + " holds no integers");
        };
    }

    /** The lists that are not empty, for a detail text; {@code none} if all are. */
    static String sent(Values values) {
        String sent =
                Stream.of(values())
                        .filter(list -> list.size(values) > 0)
                        .map(ValueList::field)
                        .collect(Collectors.joining(", "));
        return sent.isEmpty() ? "none" : sent;
    }
}
