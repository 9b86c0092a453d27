package io.dhara.core.psdb;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Bounds-checked little-endian access to a {@code byte[]}; every number of the formats is such. */
public final class LittleEndian {
    private static final VarHandle SHORT = view(short[].class);
    private static final VarHandle INT = view(int[].class);
    private static final VarHandle LONG = view(long[].class);

    private LittleEndian() {}

    private static VarHandle view(Class<?> arrayType) {
        return MethodHandles.byteArrayViewVarHandle(arrayType, ByteOrder.LITTLE_ENDIAN);
    }

    public static int uint16(byte[] src, int offset) {
        return (short) SHORT.get(src, offset) & 0xFFFF;
    }

    public static int int16(byte[] src, int offset) {
        return (short) SHORT.get(src, offset);
    }

    public static int int32(byte[] src, int offset) {
        return (int) INT.get(src, offset);
    }

    public static long int64(byte[] src, int offset) {
        return (long) LONG.get(src, offset);
    }

    public static void put16(byte[] dst, int offset, int value) {
        SHORT.set(dst, offset, (short) value);
    }

    public static void put32(byte[] dst, int offset, int value) {
        INT.set(dst, offset, value);
    }

    public static void put64(byte[] dst, int offset, long value) {
        LONG.set(dst, offset, value);
    }
}
