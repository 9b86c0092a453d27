package io.dhara.core.psdb;

import io.dhara.core.model.DataType;
import io.dhara.core.model.FeatureSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Default values, which etcd holds in forms of their own: numbers as in a block, a bool as 0x80, a
 * bool vector as packed bits, a string vector as ten zero bytes and then each string behind an
 * unsigned varint length. Stateless.
 */
public final class DefaultValues {
    private static final int STRING_VECTOR_PREFIX = 10;

    private DefaultValues() {}

    /**
     * What the peer serves for a missing value: the bytes exactly as in etcd.
     *
     * @return not a copy; empty when none is configured
     */
    public static byte[] asConfigured(FeatureSpec feature) {
        return feature.defaultBytes();
    }

    /**
     * The default in the form a stored value is served in: one byte 0 or 1 per bool, lengths before
     * the strings of a vector.
     *
     * @return null when none is configured; an unset string default is the empty string
     * @throws IllegalArgumentException if the configured bytes do not fit the type, naming feature
     *     and sizes
     */
    public static byte @Nullable [] asStored(DataType type, FeatureSpec feature) {
        byte[] configured = feature.defaultBytes();
        if (type == DataType.STRING) {
            checkStringLength(feature, configured.length);
            return configured;
        }
        if (configured.length == 0) {
            return type.isVector() && feature.vectorLength() == 0 ? configured : null;
        }
        return switch (type.kind()) {
            case BOOL ->
                    type.isVector() ? bools(feature, configured) : scalarBool(feature, configured);
            case STRING -> strings(feature, configured);
            case FLOAT, INT, UINT -> {
                int count = type.isVector() ? feature.vectorLength() : 1;
                checkSize(feature, configured, count * type.elementBytes());
                yield configured;
            }
        };
    }

    private static byte[] scalarBool(FeatureSpec feature, byte[] configured) {
        checkSize(feature, configured, 1);
        return new byte[] {(byte) (configured[0] == 0 ? 0 : 1)};
    }

    private static byte[] bools(FeatureSpec feature, byte[] configured) {
        int count = feature.vectorLength();
        checkSize(feature, configured, PsdbFormat.bytesOfBits(count));
        byte[] bools = new byte[count];
        for (int i = 0; i < count; i++) {
            bools[i] = (byte) (PsdbFormat.bit(configured, 0, i) ? 1 : 0);
        }
        return bools;
    }

    private static byte[] strings(FeatureSpec feature, byte[] configured) {
        int count = feature.vectorLength();
        byte[] stored = new byte[count * PsdbFormat.STRING_LENGTH_BYTES + configured.length];
        int from = STRING_VECTOR_PREFIX;
        int to = count * PsdbFormat.STRING_LENGTH_BYTES;
        for (int i = 0; i < count; i++) {
            int length = 0;
            int shift = 0;
            int next;
            do {
                if (from >= configured.length || shift > 14) {
                    throw malformed(feature, "ends inside, or is too long in, string " + i);
                }
                next = configured[from++];
                length |= (next & 0x7F) << shift;
                shift += 7;
            } while (next < 0);
            if (length > configured.length - from) {
                throw malformed(feature, "ends inside string " + i);
            }
            checkStringLength(feature, length);
            LittleEndian.put16(stored, i * PsdbFormat.STRING_LENGTH_BYTES, length);
            System.arraycopy(configured, from, stored, to, length);
            from += length;
            to += length;
        }
        if (from != configured.length) {
            throw malformed(feature, "has more than the " + count + " strings of vector-length");
        }
        return Arrays.copyOf(stored, to);
    }

    private static void checkStringLength(FeatureSpec feature, int length) {
        if (length > feature.stringLength()) {
            throw malformed(
                    feature,
                    "has a string of "
                            + length
                            + " bytes, string-length is "
                            + feature.stringLength());
        }
    }

    private static void checkSize(FeatureSpec feature, byte[] configured, int expected) {
        if (configured.length != expected) {
            throw malformed(
                    feature, "has " + configured.length + " bytes, its type needs " + expected);
        }
    }

    private static IllegalArgumentException malformed(FeatureSpec feature, String problem) {
        return new IllegalArgumentException(
                "default of feature " + feature.label() + " " + problem);
    }
}
