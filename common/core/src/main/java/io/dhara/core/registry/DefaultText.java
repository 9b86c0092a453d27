package io.dhara.core.registry;

import io.dhara.core.model.DataType;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.psdb.DefaultValues;
import io.dhara.core.psdb.FeatureText;
import io.dhara.core.psdb.Quantizer;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Default values between what a person writes ({@code 0.5}, {@code true}, {@code [0.1, 0.2]}) and
 * the bytes etcd holds, in the form BharatMLStack's control plane gives them: numbers
 * little-endian, a bool as 0x80, a bool vector as packed bits, a string vector as ten zero bytes
 * and then each string behind an unsigned varint length. A value that does not fit its type is
 * refused, where the control plane would store null (B22). Stateless.
 */
public final class DefaultText {
    private static final int STRING_VECTOR_PREFIX = 10;
    private static final byte TRUE = (byte) 0x80;

    private DefaultText() {}

    /**
     * @param elements of a vector; a single one for a scalar
     * @param stringLength most bytes of a string
     * @return the bytes as etcd holds them
     * @throws IllegalArgumentException if an element is not of the type or does not fit it
     */
    public static byte[] toBytes(DataType type, List<String> elements, int stringLength) {
        return switch (type.kind()) {
            case STRING -> strings(type, elements, stringLength);
            case BOOL -> bools(type, elements);
            case FLOAT, INT, UINT -> numbers(type, elements);
        };
    }

    /**
     * The elements of a default as a person would write them; one for a scalar, none when no
     * default is configured.
     *
     * @throws IllegalArgumentException if the bytes do not fit the type
     */
    public static List<String> toElements(DataType type, FeatureSpec feature) {
        byte[] stored = DefaultValues.asStored(type, feature);
        if (stored == null) {
            return List.of();
        }
        if (type == DataType.STRING_VECTOR) {
            return storedStrings(stored, feature.vectorLength());
        }
        int count = type.isVector() ? feature.vectorLength() : 1;
        List<String> elements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int size = stored.length / count;
            StringBuilder text = new StringBuilder();
            FeatureText.append(text, type.scalar(), 0, stored, i * size, size);
            elements.add(text.toString());
        }
        return elements;
    }

    /** The comma-separated form of {@code default-values}: a vector in brackets. */
    public static String toText(DataType type, FeatureSpec feature) {
        List<String> elements = toElements(type, feature);
        return type.isVector() ? elements.toString() : String.join("", elements);
    }

    private static byte[] numbers(DataType type, List<String> elements) {
        byte[] bytes = new byte[elements.size() * type.elementBytes()];
        for (int i = 0; i < elements.size(); i++) {
            byte[] element =
                    type.kind() == DataType.Kind.FLOAT
                            ? floating(type.scalar(), elements.get(i))
                            : integer(type.scalar(), elements.get(i));
            System.arraycopy(element, 0, bytes, i * element.length, element.length);
        }
        return bytes;
    }

    private static byte[] floating(DataType type, String text) {
        double value;
        try {
            value = Double.parseDouble(text.endsWith("Inf") ? text + "inity" : text);
        } catch (NumberFormatException e) {
            throw notOfType(type, text, e);
        }
        ByteBuffer wide = ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        wide.putDouble(value);
        if (type == DataType.FP64) {
            return wide.array();
        }
        byte[] narrow = new byte[type.elementBytes()];
        Quantizer.convert(DataType.FP64, type, wide.array(), 0, Double.BYTES, narrow, 0);
        StringBuilder back = new StringBuilder();
        FeatureText.append(back, type, 0, narrow, 0, narrow.length);
        boolean lost = back.indexOf("Inf") >= 0 || back.indexOf("NaN") >= 0;
        if (lost && Double.isFinite(value)) {
            throw new IllegalArgumentException(
                    "default " + text + " is too large for " + type.wireName());
        }
        return narrow;
    }

    private static byte[] integer(DataType type, String text) {
        int bits = type.elementBytes() * Byte.SIZE;
        boolean signed = type.kind() == DataType.Kind.INT;
        BigInteger value;
        try {
            value = new BigInteger(text);
        } catch (NumberFormatException e) {
            throw notOfType(type, text, e);
        }
        BigInteger end = BigInteger.ONE.shiftLeft(signed ? bits - 1 : bits);
        BigInteger start = signed ? end.negate() : BigInteger.ZERO;
        if (value.compareTo(start) < 0 || value.compareTo(end) >= 0) {
            throw new IllegalArgumentException(
                    "default "
                            + text
                            + " is outside "
                            + type.wireName()
                            + ", which holds "
                            + start
                            + ".."
                            + end.subtract(BigInteger.ONE));
        }
        byte[] bytes = new byte[type.elementBytes()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = value.shiftRight(i * Byte.SIZE).byteValue();
        }
        return bytes;
    }

    private static byte[] bools(DataType type, List<String> elements) {
        byte[] bytes = new byte[(elements.size() + 7) / 8];
        for (int i = 0; i < elements.size(); i++) {
            String text = elements.get(i);
            if (text.equals("true") || text.equals("1")) {
                bytes[i / 8] |= (byte) ((TRUE & 0xFF) >> (i % 8));
            } else if (!text.equals("false") && !text.equals("0")) {
                throw notOfType(type.scalar(), text, null);
            }
        }
        return bytes;
    }

    private static byte[] strings(DataType type, List<String> elements, int stringLength) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (type.isVector()) {
            bytes.writeBytes(new byte[STRING_VECTOR_PREFIX]);
        }
        for (String element : elements) {
            byte[] utf8 = element.getBytes(StandardCharsets.UTF_8);
            if (utf8.length > stringLength) {
                throw new IllegalArgumentException(
                        "default "
                                + element
                                + " has "
                                + utf8.length
                                + " bytes, string-length is "
                                + stringLength);
            }
            if (type.isVector()) {
                writeVarint(bytes, utf8.length);
            }
            bytes.writeBytes(utf8);
        }
        return bytes.toByteArray();
    }

    private static void writeVarint(ByteArrayOutputStream to, int value) {
        int rest = value;
        while (rest > 0x7F) {
            to.write(rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        to.write(rest);
    }

    private static List<String> storedStrings(byte[] stored, int count) {
        ByteBuffer lengths = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
        List<String> strings = new ArrayList<>();
        int at = count * Short.BYTES;
        for (int i = 0; i < count; i++) {
            int length = Short.toUnsignedInt(lengths.getShort());
            strings.add(new String(stored, at, length, StandardCharsets.UTF_8));
            at += length;
        }
        return strings;
    }

    private static IllegalArgumentException notOfType(
            DataType type, String text, @org.jspecify.annotations.Nullable Exception cause) {
        return new IllegalArgumentException(
                "default must be a value of " + type.wireName() + ": got " + text, cause);
    }
}
