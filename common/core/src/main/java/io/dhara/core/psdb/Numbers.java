package io.dhara.core.psdb;

import io.dhara.core.model.DataType;

/** One element of a numeric type, read from or written to its place. */
final class Numbers {
    private Numbers() {}

    /** An element of a float type (scalar or vector type alike), exactly. */
    static double readFloat(DataType type, byte[] src, int offset) {
        return switch (type) {
            case FP64, FP64_VECTOR -> Double.longBitsToDouble(LittleEndian.int64(src, offset));
            default -> readFloat32(type, src, offset);
        };
    }

    /** The same through FP32, which rounds FP64. */
    static float readFloat32(DataType type, byte[] src, int offset) {
        return switch (type) {
            case FP8_E5M2, FP8_E5M2_VECTOR -> SmallFloats.fromE5M2(src[offset]);
            case FP8_E4M3, FP8_E4M3_VECTOR -> SmallFloats.fromE4M3(src[offset]);
            case FP16, FP16_VECTOR -> SmallFloats.fromFp16((short) LittleEndian.int16(src, offset));
            case FP32, FP32_VECTOR -> Float.intBitsToFloat(LittleEndian.int32(src, offset));
            case FP64, FP64_VECTOR ->
                    (float) Double.longBitsToDouble(LittleEndian.int64(src, offset));
            default -> throw notFloat(type);
        };
    }

    /** All but FP64 go through FP32. */
    static void writeFloat(DataType type, byte[] dst, int offset, double value) {
        switch (type) {
            case FP8_E5M2, FP8_E5M2_VECTOR -> dst[offset] = SmallFloats.toE5M2((float) value);
            case FP8_E4M3, FP8_E4M3_VECTOR -> dst[offset] = SmallFloats.toE4M3((float) value);
            case FP16, FP16_VECTOR ->
                    LittleEndian.put16(dst, offset, SmallFloats.toFp16((float) value));
            case FP32, FP32_VECTOR ->
                    LittleEndian.put32(dst, offset, Float.floatToRawIntBits((float) value));
            case FP64, FP64_VECTOR ->
                    LittleEndian.put64(dst, offset, Double.doubleToRawLongBits(value));
            default -> throw notFloat(type);
        }
    }

    /** Sign-extended for int types, zero-extended for uint types; uint64 as its 64 bits. */
    static long readInteger(DataType type, byte[] src, int offset) {
        boolean unsigned = type.kind() == DataType.Kind.UINT;
        return switch (type.elementBytes()) {
            case 1 -> unsigned ? src[offset] & 0xFF : src[offset];
            case 2 -> unsigned ? LittleEndian.uint16(src, offset) : LittleEndian.int16(src, offset);
            case 4 ->
                    unsigned
                            ? LittleEndian.int32(src, offset) & 0xFFFF_FFFFL
                            : LittleEndian.int32(src, offset);
            default -> LittleEndian.int64(src, offset);
        };
    }

    /** Keeps the low bits that fit. */
    static void writeInteger(int elementBytes, byte[] dst, int offset, long value) {
        switch (elementBytes) {
            case 1 -> dst[offset] = (byte) value;
            case 2 -> LittleEndian.put16(dst, offset, (short) value);
            case 4 -> LittleEndian.put32(dst, offset, (int) value);
            default -> LittleEndian.put64(dst, offset, value);
        }
    }

    private static IllegalArgumentException notFloat(DataType type) {
        return new IllegalArgumentException(type.wireName() + " is not a float type");
    }
}
