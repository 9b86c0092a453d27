package io.dhara.core.psdb;

/**
 * Conversions between FP32 and the three small float formats, bit for bit as the peer's writers
 * make them: rounding to nearest even, subnormals kept.
 *
 * <p>FP16 is IEEE binary16. FP8 E4M3 has no infinity (largest 448, NaN 0x7F), FP8 E5M2 has; see <a
 * href="https://arxiv.org/abs/2209.05433">FP8 Formats for Deep Learning</a>.
 */
final class SmallFloats {
    private static final int FP32_MAGNITUDE = 0x7FFF_FFFF;
    private static final int FP32_INFINITY = 0x7F80_0000;

    private SmallFloats() {}

    static short toFp16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & FP32_MAGNITUDE;
        if (magnitude > FP32_INFINITY) {
            return (short) (sign | 0x7C00 | 0x0200 | magnitude >> 13 & 0x03FF);
        }
        if (magnitude >= 0x477F_F000) { // 65520: half way between the largest and 2^16
            return (short) (sign | 0x7C00);
        }
        if (magnitude < 0x3880_0000) { // below 2^-14: a multiple of 2^-24
            float aligned = Float.intBitsToFloat(magnitude) + 0.5f;
            return (short) (sign | Float.floatToRawIntBits(aligned) - 0x3F00_0000);
        }
        int rounded = magnitude - 0x3800_0000 + 0x0FFF + (magnitude >> 13 & 1);
        return (short) (sign | rounded >> 13);
    }

    static float fromFp16(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = half >> 10 & 0x1F;
        int mantissa = half & 0x03FF;
        if (exponent == 0x1F) {
            int quiet = mantissa == 0 ? 0 : 0x0040_0000;
            return Float.intBitsToFloat(sign | FP32_INFINITY | quiet | mantissa << 13);
        }
        if (exponent == 0) {
            return signed(sign, mantissa * 0x1p-24f);
        }
        return Float.intBitsToFloat(sign | exponent + 112 << 23 | mantissa << 13);
    }

    static byte toE4M3(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 24 & 0x80;
        int magnitude = bits & FP32_MAGNITUDE;
        if (magnitude >= 0x43F0_0000) { // 480, infinity, NaN
            return (byte) (sign | 0x7F);
        }
        if (magnitude < 0x3C80_0000) { // below 2^-6: a multiple of 2^-9
            float aligned = Float.intBitsToFloat(magnitude) + 16_384f;
            return (byte) (sign | Float.floatToRawIntBits(aligned) - 0x4680_0000);
        }
        int rounded = magnitude + 0xC407_FFFF + (magnitude >> 20 & 1);
        return (byte) (sign | rounded >> 20);
    }

    static float fromE4M3(byte value) {
        int sign = (value & 0x80) << 24;
        int exponent = value >> 3 & 0x0F;
        int mantissa = value & 0x07;
        if (exponent == 0x0F && mantissa == 0x07) {
            return Float.intBitsToFloat(sign | 0x7FC0_0000);
        }
        if (exponent == 0) {
            return signed(sign, mantissa * 0x1p-9f);
        }
        return Float.intBitsToFloat(sign | exponent + 120 << 23 | mantissa << 20);
    }

    static byte toE5M2(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 24 & 0x80;
        int magnitude = bits & FP32_MAGNITUDE;
        if (magnitude > FP32_INFINITY) {
            return (byte) (sign | 0x7F);
        }
        if (magnitude >= 0x4780_0000) { // 65536
            return (byte) (sign | 0x7C);
        }
        if (magnitude < 0x3880_0000) { // below 2^-14: a multiple of 2^-16
            float aligned = Float.intBitsToFloat(magnitude) + 128f;
            return (byte) (sign | Float.floatToRawIntBits(aligned) - 0x4300_0000);
        }
        int rounded = magnitude + 0xC80F_FFFF + (magnitude >> 21 & 1);
        return (byte) (sign | rounded >> 21);
    }

    static float fromE5M2(byte value) {
        int sign = (value & 0x80) << 24;
        int exponent = value >> 2 & 0x1F;
        int mantissa = value & 0x03;
        if (exponent == 0x1F) {
            return Float.intBitsToFloat(sign | (mantissa == 0 ? FP32_INFINITY : 0x7FC0_0000));
        }
        if (exponent == 0) {
            return signed(sign, mantissa * 0x1p-16f);
        }
        return Float.intBitsToFloat(sign | exponent + 112 << 23 | mantissa << 21);
    }

    private static float signed(int sign, float magnitude) {
        return Float.intBitsToFloat(sign | Float.floatToRawIntBits(magnitude));
    }
}
