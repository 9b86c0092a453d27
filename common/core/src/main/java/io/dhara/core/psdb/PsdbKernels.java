package io.dhara.core.psdb;

import java.util.Objects;

/**
 * Bulk writes of numeric payloads: element i of {@code values} goes to {@code dst} little-endian,
 * without gaps. They check bounds, allocate nothing and return the bytes written.
 */
public final class PsdbKernels {
    private PsdbKernels() {}

    /** Int32 and Uint32. */
    public static int putInts(byte[] dst, int offset, int[] values, int from, int count) {
        Objects.checkFromIndexSize(from, count, values.length);
        Objects.checkFromIndexSize(offset, count * Integer.BYTES, dst.length);
        for (int i = 0; i < count; i++) {
            LittleEndian.put32(dst, offset + i * Integer.BYTES, values[from + i]);
        }
        return count * Integer.BYTES;
    }

    /** Int64 and Uint64. */
    public static int putLongs(byte[] dst, int offset, long[] values, int from, int count) {
        Objects.checkFromIndexSize(from, count, values.length);
        Objects.checkFromIndexSize(offset, count * Long.BYTES, dst.length);
        for (int i = 0; i < count; i++) {
            LittleEndian.put64(dst, offset + i * Long.BYTES, values[from + i]);
        }
        return count * Long.BYTES;
    }

    /** FP64, bit for bit. */
    public static int putDoubles(byte[] dst, int offset, double[] values, int from, int count) {
        Objects.checkFromIndexSize(from, count, values.length);
        Objects.checkFromIndexSize(offset, count * Double.BYTES, dst.length);
        for (int i = 0; i < count; i++) {
            LittleEndian.put64(
                    dst, offset + i * Double.BYTES, Double.doubleToRawLongBits(values[from + i]));
        }
        return count * Double.BYTES;
    }
}
