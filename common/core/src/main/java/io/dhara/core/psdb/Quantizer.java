package io.dhara.core.psdb;

import io.dhara.core.model.DataType;

/**
 * Reads of {@code feature@Type}: a float served in a smaller float type. Values go through FP32, so
 * FP64 to FP16 rounds twice, as the peer does. Stateless, allocates nothing.
 */
public final class Quantizer {
    private Quantizer() {}

    /**
     * From a wider to a narrower float, scalar to scalar or vector to vector; never to the same
     * type or width.
     */
    public static boolean isAllowed(DataType from, DataType to) {
        return from.kind() == DataType.Kind.FLOAT
                && to.kind() == DataType.Kind.FLOAT
                && from.isVector() == to.isVector()
                && from.elementBytes() > to.elementBytes();
    }

    /**
     * Bytes that {@link #convert} writes.
     *
     * @param length bytes of the value in its own type
     */
    public static int convertedLength(DataType from, DataType to, int length) {
        return length / from.elementBytes() * to.elementBytes();
    }

    /**
     * Converts one feature, stored or default.
     *
     * @param length bytes of the feature: a multiple of the element size
     * @return bytes written at {@code dstOffset}
     * @throws IllegalArgumentException if the conversion is not allowed
     * @throws PsdbFormatException if the length is not a multiple of the element size
     */
    public static int convert(
            DataType from,
            DataType to,
            byte[] src,
            int offset,
            int length,
            byte[] dst,
            int dstOffset) {
        if (!isAllowed(from, to)) {
            throw new IllegalArgumentException(
                    from.wireName()
                            + " cannot be read as "
                            + to.wireName()
                            + ": only a narrower float type of the same shape can be asked for");
        }
        int fromBytes = from.elementBytes();
        if (length % fromBytes != 0) {
            throw new PsdbFormatException(
                    offset,
                    from.wireName() + " of " + length + " bytes does not end on an element");
        }
        int toBytes = to.elementBytes();
        int count = length / fromBytes;
        for (int i = 0; i < count; i++) {
            float value = Numbers.readFloat32(from, src, offset + i * fromBytes);
            Numbers.writeFloat(to, dst, dstOffset + i * toBytes, value);
        }
        return count * toBytes;
    }
}
