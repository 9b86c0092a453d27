package io.dhara.core.psdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmallFloatsTest {
    @ParameterizedTest
    @CsvSource({
        "1.0, 3c00, 38, 3c",
        "-1.0, bc00, b8, bc",
        "0.1, 2e66, 1d, 2e",
        "0.0039537125, -, 02, 1c",
        "448, -, 7e, -",
        "464, -, 7e, -",
        "464.1, -, 7f, -",
        "480, -, 7f, -",
        "5000, -, 7f, -",
        "57344, -, 7f, 7b",
        "61439, -, 7f, 7b",
        "61440, -, 7f, 7c",
        "100000, -, 7f, 7c",
        "0.001953125, -, 01, -",
        "0.0009765625, -, 00, -",
        "0.00097657, -, 01, -",
        "65504, 7bff, 7f, 7c",
        "65520, 7c00, 7f, 7c",
        "Infinity, 7c00, 7f, 7c",
        "-Infinity, fc00, ff, fc",
        "NaN, 7e00, 7f, 7f",
        "0.0, 0000, 00, 00",
        "-0.0, 8000, 80, 80"
    })
    void conversion_tableRow_givesTheseBits(float value, String fp16, String e4m3, String e5m2) {
        expect(fp16, String.format("%04x", SmallFloats.toFp16(value) & 0xFFFF));
        expect(e4m3, String.format("%02x", SmallFloats.toE4M3(value) & 0xFF));
        expect(e5m2, String.format("%02x", SmallFloats.toE5M2(value) & 0xFF));
    }

    private static void expect(String expected, String actual) {
        if (!expected.equals("-")) {
            assertThat(actual).isEqualTo(expected);
        }
    }

    @Test
    void fp16_everyNumber_isTheValueOfItsParts() {
        for (int bits = 0; bits < 0x1_0000; bits++) {
            float value = SmallFloats.fromFp16((short) bits);
            assertThat(value).isEqualTo(Float.valueOf((float) valueOf(bits, 5, 10, false)));
            if (!Float.isNaN(value)) {
                assertThat(SmallFloats.toFp16(value) & 0xFFFF).isEqualTo(bits);
            }
        }
    }

    @Test
    void fp8_everyNumber_isTheValueOfItsParts() {
        for (int bits = 0; bits < 0x100; bits++) {
            float e4m3 = SmallFloats.fromE4M3((byte) bits);
            float e5m2 = SmallFloats.fromE5M2((byte) bits);
            assertThat(e4m3).isEqualTo(Float.valueOf((float) valueOf(bits, 4, 3, true)));
            assertThat(e5m2).isEqualTo(Float.valueOf((float) valueOf(bits, 5, 2, false)));
            if (!Float.isNaN(e4m3)) {
                assertThat(SmallFloats.toE4M3(e4m3) & 0xFF).isEqualTo(bits);
            }
            if (!Float.isNaN(e5m2)) {
                assertThat(SmallFloats.toE5M2(e5m2) & 0xFF).isEqualTo(bits);
            }
        }
    }

    /** Sign, exponent and mantissa bits by the definition of the formats. */
    private static double valueOf(int bits, int exponentBits, int mantissaBits, boolean e4m3) {
        int bias = (1 << exponentBits - 1) - 1;
        int exponent = bits >> mantissaBits & (1 << exponentBits) - 1;
        int mantissa = bits & (1 << mantissaBits) - 1;
        double sign = bits >> exponentBits + mantissaBits == 0 ? 1 : -1;
        double unit = Math.scalb(1.0, -mantissaBits);
        if (exponent == (1 << exponentBits) - 1) {
            if (e4m3 ? mantissa == (1 << mantissaBits) - 1 : mantissa != 0) {
                return Double.NaN;
            }
            if (!e4m3) {
                return sign * Double.POSITIVE_INFINITY;
            }
        }
        return exponent == 0
                ? sign * mantissa * unit * Math.scalb(1.0, 1 - bias)
                : sign * (1 + mantissa * unit) * Math.scalb(1.0, exponent - bias);
    }

    @Test
    void conversion_betweenTwoNumbers_takesTheNearestAndThenTheEven() {
        nearest(0x7BFF, bits -> SmallFloats.fromFp16((short) bits), f -> SmallFloats.toFp16(f));
        nearest(0x7E, bits -> SmallFloats.fromE4M3((byte) bits), f -> SmallFloats.toE4M3(f));
        nearest(0x7B, bits -> SmallFloats.fromE5M2((byte) bits), f -> SmallFloats.toE5M2(f));
    }

    private interface Narrow {
        int of(float value);
    }

    private static void nearest(int largest, IntFunction<Float> widen, Narrow narrow) {
        Random random = new Random(7);
        for (int bits = 0; bits < largest; bits++) {
            float low = widen.apply(bits);
            float high = widen.apply(bits + 1);
            float middle = (float) (((double) low + high) / 2);
            int even = (bits & 1) == 0 ? bits : bits + 1;
            assertThat(narrow.of(middle)).isEqualTo(even);
            assertThat(narrow.of(Math.nextDown(middle))).isEqualTo(bits);
            assertThat(narrow.of(Math.nextUp(middle))).isEqualTo(bits + 1);
            float inside = low + (high - low) * random.nextFloat();
            int expected = inside < middle ? bits : inside > middle ? bits + 1 : even;
            assertThat(narrow.of(inside)).isEqualTo(expected);
        }
    }

    @Test
    void fp16_nan_keepsSignAndTopBitsAndIsQuiet() {
        float signalling = Float.intBitsToFloat(0xFF80_2000);
        assertThat(SmallFloats.toFp16(signalling) & 0xFFFF).isEqualTo(0xFE01);
        assertThat(Float.floatToRawIntBits(SmallFloats.fromFp16((short) 0x7C01)))
                .isEqualTo(0x7FC0_2000);
    }
}
