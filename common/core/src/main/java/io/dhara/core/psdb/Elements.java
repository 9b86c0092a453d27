package io.dhara.core.psdb;

import io.dhara.core.model.DataType;
import io.dhara.core.model.DataType.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Pattern;

/**
 * One number or boolean of any type, at its place among bytes: cast to another type, printed and
 * parsed as BharatMLStack's Inferflow does it. Types may be vector types; an element of them is
 * meant. Strings have no elements here. Stateless; casting allocates nothing.
 *
 * <p>Casts are Go's: integers keep the bits that fit, floats lose their fraction. Where Go leaves
 * the result to the machine - a float beyond the integer type - the nearest integer of the type is
 * taken, and 0 for NaN. Floats become FP16 within plus and minus 65000, as the peer clamps them. A
 * boolean is 1 or 0; what is not 0 is true.
 */
public final class Elements {
    private static final double FP16_CLAMP = 65_000;

    /** No double needs more characters to be told from its neighbours. */
    private static final int MAX_TEXT = 1_100;

    /** A decimal float, as Go's {@code ParseFloat} takes it. */
    private static final Pattern DECIMAL =
            Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,9})?");

    private Elements() {}

    /** Bytes of one element; a boolean has one. */
    public static int width(DataType type) {
        return switch (type.kind()) {
            case BOOL -> 1;
            case FLOAT, INT, UINT -> type.elementBytes();
            case STRING -> throw noElements(type);
        };
    }

    /** Casts the element at {@code offset} and writes it at {@code toOffset}. */
    public static void cast(
            DataType from, byte[] src, int offset, DataType to, byte[] dst, int toOffset) {
        if (from.scalar() == to.scalar()) {
            System.arraycopy(src, offset, dst, toOffset, width(from));
            return;
        }
        switch (from.kind()) {
            case FLOAT -> write(to, dst, toOffset, Numbers.readFloat(from, src, offset));
            case INT, UINT -> castInteger(from, src, offset, to, dst, toOffset);
            case BOOL -> writeLong(to, dst, toOffset, src[offset] == 0 ? 0 : 1, false);
            case STRING -> throw noElements(from);
        }
    }

    private static void castInteger(
            DataType from, byte[] src, int offset, DataType to, byte[] dst, int toOffset) {
        long value = Numbers.readInteger(from, src, offset);
        writeLong(to, dst, toOffset, value, from.scalar() == DataType.UINT64);
    }

    private static void writeLong(
            DataType to, byte[] dst, int offset, long value, boolean unsigned) {
        switch (to.kind()) {
            case FLOAT -> writeAsFloat(to, dst, offset, value, unsigned);
            case INT, UINT -> Numbers.writeInteger(to.elementBytes(), dst, offset, value);
            case BOOL -> dst[offset] = (byte) (value == 0 ? 0 : 1);
            case STRING -> throw noElements(to);
        }
    }

    /** FP32 and below are rounded once, from the integer. */
    private static void writeAsFloat(
            DataType to, byte[] dst, int offset, long value, boolean unsigned) {
        boolean high = unsigned && value < 0;
        // Half of it, with the lost bit kept where rounding sees it.
        long exact = high ? (value >>> 1) | (value & 1) : value;
        int times = high ? 2 : 1;
        double number =
                to.scalar() == DataType.FP64 ? (double) exact * times : (float) exact * times;
        write(to, dst, offset, number);
    }

    /** The element as a double; 64-bit integers beyond 2^53 are rounded. */
    public static double read(DataType type, byte[] src, int offset) {
        return switch (type.kind()) {
            case FLOAT -> Numbers.readFloat(type, src, offset);
            case INT, UINT -> {
                long value = Numbers.readInteger(type, src, offset);
                boolean high = type.scalar() == DataType.UINT64 && value < 0;
                yield high ? (double) ((value >>> 1) | (value & 1)) * 2 : (double) value;
            }
            case BOOL -> src[offset] == 0 ? 0 : 1;
            case STRING -> throw noElements(type);
        };
    }

    /** Casts the double and writes it. */
    public static void write(DataType to, byte[] dst, int offset, double value) {
        switch (to.kind()) {
            case FLOAT ->
                    Numbers.writeFloat(
                            to, dst, offset, to.scalar() == DataType.FP16 ? clamped(value) : value);
            case INT, UINT ->
                    Numbers.writeInteger(to.elementBytes(), dst, offset, truncated(to, value));
            case BOOL -> dst[offset] = (byte) (value == 0 ? 0 : 1);
            case STRING -> throw noElements(to);
        }
    }

    private static double clamped(double value) {
        return Math.max(-FP16_CLAMP, Math.min(FP16_CLAMP, value));
    }

    private static long truncated(DataType to, double value) {
        int bits = Byte.SIZE * to.elementBytes();
        if (to.kind() == Kind.INT) {
            long max = Long.MAX_VALUE >>> (Long.SIZE - bits);
            return Math.max(-max - 1, Math.min(max, (long) value));
        }
        if (bits < Long.SIZE) {
            return Math.max(0, Math.min((1L << bits) - 1, (long) value));
        }
        if (value < 0x1p63) {
            return Math.max(0, (long) value);
        }
        return value >= 0x1p64 ? -1L : (long) (value * 0.5) << 1;
    }

    /**
     * Appends the element as Go's {@code %v} prints it: decimal integers, the shortest digits of a
     * float, {@code true} or {@code false}.
     */
    public static void appendText(StringBuilder to, DataType type, byte[] src, int offset) {
        switch (type.kind()) {
            case FLOAT -> {
                if (type.scalar() == DataType.FP64) {
                    FloatText.append(to, Numbers.readFloat(type, src, offset), false);
                } else {
                    FloatText.append(to, Numbers.readFloat32(type, src, offset), false);
                }
            }
            case INT, UINT -> {
                long value = Numbers.readInteger(type, src, offset);
                to.append(
                        type.scalar() == DataType.UINT64
                                ? Long.toUnsignedString(value)
                                : Long.toString(value));
            }
            case BOOL -> to.append(src[offset] != 0);
            case STRING -> throw noElements(type);
        }
    }

    /**
     * Writes the element that a text says: integers in decimal or as a float without regard to its
     * fraction, floats as Go's {@code ParseFloat} takes them, {@code true} or {@code false} in any
     * case.
     *
     * @return false, and nothing is written, if the text says none or one beyond the type; FP16 and
     *     FP8 round such to what they have for it
     */
    public static boolean parse(String text, DataType to, byte[] dst, int offset) {
        return switch (to.kind()) {
            case FLOAT -> parseFloat(text, to, dst, offset);
            case INT, UINT -> parseInteger(text, to, dst, offset);
            case BOOL -> {
                boolean is = text.equalsIgnoreCase("true");
                if (is || text.equalsIgnoreCase("false")) {
                    dst[offset] = (byte) (is ? 1 : 0);
                    yield true;
                }
                yield false;
            }
            case STRING -> throw noElements(to);
        };
    }

    private static boolean parseFloat(String text, DataType to, byte[] dst, int offset) {
        double special = special(text);
        if (special != 0) {
            Numbers.writeFloat(to, dst, offset, special);
            return true;
        }
        if (!isDecimal(text)) {
            return false;
        }
        double value =
                to.scalar() == DataType.FP64 ? Double.parseDouble(text) : Float.parseFloat(text);
        if (Double.isInfinite(value)) {
            return false;
        }
        Numbers.writeFloat(to, dst, offset, value);
        return true;
    }

    private static boolean isDecimal(String text) {
        return text.length() <= MAX_TEXT && DECIMAL.matcher(text).matches();
    }

    /** NaN or an infinity; 0 for other texts. */
    private static double special(String text) {
        boolean signed = text.startsWith("+") || text.startsWith("-");
        String name = signed ? text.substring(1) : text;
        if (name.equalsIgnoreCase("inf") || name.equalsIgnoreCase("infinity")) {
            return text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        return !signed && name.equalsIgnoreCase("nan") ? Double.NaN : 0;
    }

    private static boolean parseInteger(String text, DataType to, byte[] dst, int offset) {
        if (!isDecimal(text)) {
            return false;
        }
        BigDecimal exact = new BigDecimal(text);
        // Looked at before digits are written out: 1e999999999 has a billion of them.
        long digits = exact.precision() - (long) exact.scale();
        if (digits > 20) {
            return exact.signum() == 0 && parseInteger("0", to, dst, offset);
        }
        BigInteger value = digits <= 0 ? BigInteger.ZERO : exact.toBigInteger();
        int bits = Byte.SIZE * to.elementBytes();
        BigInteger end = to.kind() == Kind.UINT ? BigInteger.ONE.shiftLeft(bits) : signedEnd(bits);
        BigInteger first = to.kind() == Kind.UINT ? BigInteger.ZERO : signedEnd(bits).negate();
        if (value.compareTo(first) < 0 || value.compareTo(end) >= 0) {
            return false;
        }
        Numbers.writeInteger(to.elementBytes(), dst, offset, value.longValue());
        return true;
    }

    private static BigInteger signedEnd(int bits) {
        return BigInteger.ONE.shiftLeft(bits - 1);
    }

    private static IllegalArgumentException noElements(DataType type) {
        return new IllegalArgumentException(type.wireName() + " has no numeric elements");
    }
}
