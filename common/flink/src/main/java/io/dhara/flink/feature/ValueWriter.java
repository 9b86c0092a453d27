package io.dhara.flink.feature;

import io.dhara.core.model.DataType;
import io.dhara.core.model.NumberRange;
import io.dhara.flink.feature.FeatureRefusedException.Reason;
import io.dhara.proto.persist.Values;
import io.dhara.proto.persist.Vector;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts the values of features into the list of {@code persist.Values} that a data type takes.
 * Numbers of any class are taken if nothing of them is lost but the rounding of a float type.
 */
final class ValueWriter {
    private static final int MAX_SHOWN_CHARS = 64;
    private static final int MAX_INTEGER_DIGITS = 20;
    private static final BigInteger END_OF_UINT64 = BigInteger.ONE.shiftLeft(Long.SIZE);

    private final boolean acceptNotANumber;

    /**
     * @param acceptNotANumber whether NaN, infinities and numbers that would be stored as one go
     *     through
     */
    ValueWriter(boolean acceptNotANumber) {
        this.acceptNotANumber = acceptNotANumber;
    }

    /**
     * @throws FeatureRefusedException if the value cannot be one of this feature
     */
    void add(Values.Builder list, DataType type, GroupShape.Feature feature, Object value) {
        if (type.isVector()) {
            list.addVector(Vector.newBuilder().setValues(vector(type.scalar(), feature, value)));
        } else {
            addElement(list, type, feature, value);
        }
    }

    private Values vector(DataType element, GroupShape.Feature feature, Object value) {
        if (!(value instanceof List<?> elements)) {
            throw wrongType(feature, "a list of " + element.wireName(), value);
        }
        int wanted = feature.vectorLength();
        if (wanted != GroupShape.UNKNOWN_LENGTH && elements.size() != wanted) {
            throw new FeatureRefusedException(
                    Reason.WRONG_VECTOR_LENGTH,
                    "vector of feature %s must have %d elements (vector-length): got %d"
                            .formatted(feature.label(), wanted, elements.size()));
        }
        Values.Builder values = Values.newBuilder();
        for (Object one : elements) {
            addElement(values, element, feature, one);
        }
        return values.build();
    }

    private void addElement(
            Values.Builder list,
            DataType type,
            GroupShape.Feature feature,
            @Nullable Object value) {
        switch (type) {
            case FP8_E5M2, FP8_E4M3, FP16, FP32 -> list.addFp32Values(real(type, feature, value));
            case FP64 -> list.addFp64Values(real(type, feature, value));
            case INT8, INT16, INT32 -> list.addInt32Values((int) integer(type, feature, value));
            case INT64 -> list.addInt64Values(integer(type, feature, value));
            case UINT8, UINT16, UINT32 -> list.addUint32Values((int) integer(type, feature, value));
            case UINT64 -> list.addUint64Values(integer(type, feature, value));
            case STRING -> list.addStringValues(text(feature, value));
            case BOOL -> list.addBoolValues(bool(feature, value));
            default -> throw new IllegalStateException(type + " must be a scalar type");
        }
    }

    private double real(DataType type, GroupShape.Feature feature, @Nullable Object value) {
        if (!(value instanceof Number number)) {
            throw wrongType(feature, "a number", value);
        }
        double real = number.doubleValue();
        if (acceptNotANumber) {
            return real;
        }
        if (isNotANumber(number)) {
            throw notANumber(feature, number);
        }
        if (!NumberRange.holds(type, real)) {
            throw outOfRange(type, feature, number);
        }
        return real;
    }

    /** The value; for UINT64 its 64 bits. */
    private static long integer(DataType type, GroupShape.Feature feature, @Nullable Object value) {
        if (value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte) {
            long whole = ((Number) value).longValue();
            if (!NumberRange.holds(type, whole)) {
                throw outOfRange(type, feature, value);
            }
            return whole;
        }
        if (!(value instanceof Number number)) {
            throw wrongType(feature, "a whole number", value);
        }
        BigInteger whole = whole(type, feature, number);
        boolean fits =
                type == DataType.UINT64
                        ? whole.signum() >= 0 && whole.compareTo(END_OF_UINT64) < 0
                        : whole.bitLength() < Long.SIZE
                                && NumberRange.holds(type, whole.longValue());
        if (!fits) {
            throw outOfRange(type, feature, number);
        }
        return whole.longValue();
    }

    private static BigInteger whole(DataType type, GroupShape.Feature feature, Number number) {
        if (isNotANumber(number)) {
            throw notANumber(feature, number);
        }
        BigDecimal exact = exact(feature, number);
        if (exact.signum() == 0) {
            return BigInteger.ZERO;
        }
        // Before the digits are made: 1e999999999 has too many of them.
        long integerDigits = (long) exact.precision() - exact.scale();
        boolean tooLong = integerDigits > MAX_INTEGER_DIGITS;
        boolean belowOne = integerDigits <= 0;
        if (tooLong || belowOne) {
            throw outOfRange(type, feature, number);
        }
        BigInteger whole = exact.toBigInteger();
        if (new BigDecimal(whole).compareTo(exact) != 0) {
            throw outOfRange(type, feature, number);
        }
        return whole;
    }

    private static BigDecimal exact(GroupShape.Feature feature, Number number) {
        if (number instanceof BigDecimal decimal) {
            return decimal;
        }
        if (number instanceof BigInteger whole) {
            return new BigDecimal(whole);
        }
        if (number instanceof Double || number instanceof Float) {
            return new BigDecimal(number.doubleValue());
        }
        throw wrongType(feature, "a number of java.lang or java.math", number);
    }

    private static boolean isNotANumber(Number number) {
        return (number instanceof Double || number instanceof Float)
                && !Double.isFinite(number.doubleValue());
    }

    private static String text(GroupShape.Feature feature, @Nullable Object value) {
        if (!(value instanceof String text)) {
            throw wrongType(feature, "a string", value);
        }
        int bytes = Utf8Length.of(text);
        if (bytes < 0) {
            throw new FeatureRefusedException(
                    Reason.WRONG_TYPE,
                    "string of feature " + feature.label() + " has half a surrogate pair");
        }
        int longest = feature.stringLength();
        if (longest != GroupShape.UNKNOWN_LENGTH && bytes > longest) {
            throw new FeatureRefusedException(
                    Reason.STRING_TOO_LONG,
                    "string of feature %s must have at most %d bytes (string-length): got %d"
                            .formatted(feature.label(), longest, bytes));
        }
        return text;
    }

    private static boolean bool(GroupShape.Feature feature, @Nullable Object value) {
        if (!(value instanceof Boolean bool)) {
            throw wrongType(feature, "a boolean", value);
        }
        return bool;
    }

    private static FeatureRefusedException wrongType(
            GroupShape.Feature feature, String wanted, @Nullable Object value) {
        return new FeatureRefusedException(
                Reason.WRONG_TYPE,
                "feature %s must be %s: got %s"
                        .formatted(
                                feature.label(),
                                wanted,
                                value == null
                                        ? "null"
                                        : value.getClass().getSimpleName() + " " + shown(value)));
    }

    private static FeatureRefusedException notANumber(GroupShape.Feature feature, Number number) {
        return new FeatureRefusedException(
                Reason.NOT_A_NUMBER,
                "feature " + feature.label() + " must be a finite number: got " + number);
    }

    private static FeatureRefusedException outOfRange(
            DataType type, GroupShape.Feature feature, Object value) {
        return new FeatureRefusedException(
                Reason.OUT_OF_RANGE,
                "feature %s of %s cannot hold %s: choose a wider type, or round it before"
                        .formatted(feature.label(), type.wireName(), shown(value)));
    }

    private static String shown(Object value) {
        String text = value.toString();
        return text.length() <= MAX_SHOWN_CHARS ? text : text.substring(0, MAX_SHOWN_CHARS) + "...";
    }
}
