package io.dhara.core.psdb;

import io.dhara.core.model.DataType;
import java.nio.charset.StandardCharsets;

/**
 * One feature as text, as the peer's decoded call answers it: numbers as Go's {@code %v} prints
 * them, vectors with {@code :} between elements and floats there in plain decimal.
 */
public final class FeatureText {
    private static final char BETWEEN_ELEMENTS = ':';

    private FeatureText() {}

    /**
     * Appends a feature.
     *
     * @param type of the bytes: of the group, or what they were quantised to
     * @param vectorLength elements of a vector; not looked at for scalars
     * @param bytes the feature in the form a stored value is served in
     * @throws PsdbFormatException if the length does not fit the type; nothing is appended
     */
    public static void append(
            StringBuilder to,
            DataType type,
            int vectorLength,
            byte[] bytes,
            int offset,
            int length) {
        java.util.Objects.checkFromIndexSize(offset, length, bytes.length);
        switch (type.kind()) {
            case STRING -> appendStrings(to, type, vectorLength, bytes, offset, length);
            case BOOL -> appendBools(to, type, vectorLength, bytes, offset, length);
            case FLOAT, INT, UINT -> appendNumbers(to, type, vectorLength, bytes, offset, length);
        }
    }

    private static void appendNumbers(
            StringBuilder to,
            DataType type,
            int vectorLength,
            byte[] bytes,
            int offset,
            int length) {
        int count = type.isVector() ? vectorLength : 1;
        checkLength(type, length, (long) count * type.elementBytes());
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                to.append(BETWEEN_ELEMENTS);
            }
            appendNumber(to, type, bytes, offset + i * type.elementBytes());
        }
    }

    private static void appendNumber(StringBuilder to, DataType type, byte[] bytes, int at) {
        DataType scalar = type.scalar();
        if (scalar == DataType.FP64) {
            FloatText.append(to, Numbers.readFloat(scalar, bytes, at), type.isVector());
        } else if (scalar.kind() == DataType.Kind.FLOAT) {
            FloatText.append(to, Numbers.readFloat32(scalar, bytes, at), type.isVector());
        } else if (scalar == DataType.UINT64) {
            to.append(Long.toUnsignedString(Numbers.readInteger(scalar, bytes, at)));
        } else {
            to.append(Numbers.readInteger(scalar, bytes, at));
        }
    }

    private static void appendBools(
            StringBuilder to,
            DataType type,
            int vectorLength,
            byte[] bytes,
            int offset,
            int length) {
        if (!type.isVector()) {
            checkLength(type, length, 1);
            to.append(bytes[offset] == 1);
            return;
        }
        checkLength(type, length, vectorLength);
        for (int i = 0; i < vectorLength; i++) {
            if (i > 0) {
                to.append(BETWEEN_ELEMENTS);
            }
            to.append(bytes[offset + i] == 1 ? '1' : '0');
        }
    }

    private static void appendStrings(
            StringBuilder to,
            DataType type,
            int vectorLength,
            byte[] bytes,
            int offset,
            int length) {
        if (!type.isVector()) {
            to.append(new String(bytes, offset, length, StandardCharsets.UTF_8));
            return;
        }
        long needed = (long) vectorLength * PsdbFormat.STRING_LENGTH_BYTES;
        if (needed <= length) {
            for (int i = 0; i < vectorLength; i++) {
                needed += LittleEndian.uint16(bytes, offset + i * PsdbFormat.STRING_LENGTH_BYTES);
            }
        }
        checkLength(type, length, needed);
        int at = offset + vectorLength * PsdbFormat.STRING_LENGTH_BYTES;
        for (int i = 0; i < vectorLength; i++) {
            if (i > 0) {
                to.append(BETWEEN_ELEMENTS);
            }
            int size = LittleEndian.uint16(bytes, offset + i * PsdbFormat.STRING_LENGTH_BYTES);
            to.append(new String(bytes, at, size, StandardCharsets.UTF_8));
            at += size;
        }
    }

    private static void checkLength(DataType type, int length, long needed) {
        if (length != needed) {
            throw new PsdbFormatException(
                    0, type.wireName() + " needs " + needed + " bytes, has " + length);
        }
    }
}
