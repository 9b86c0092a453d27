package io.dhara.core.psdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.model.DataType;
import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeatureTextTest {
    private static String text(DataType type, int vectorLength, byte... bytes) {
        StringBuilder text = new StringBuilder();
        FeatureText.append(text, type, vectorLength, bytes, 0, bytes.length);
        return text.toString();
    }

    private static String fp64(double value, boolean vector) {
        byte[] bytes = new byte[8];
        LittleEndian.put64(bytes, 0, Double.doubleToRawLongBits(value));
        return text(vector ? DataType.FP64_VECTOR : DataType.FP64, 1, bytes);
    }

    private static String fp32(float value, boolean vector) {
        byte[] bytes = new byte[4];
        LittleEndian.put32(bytes, 0, Float.floatToRawIntBits(value));
        return text(vector ? DataType.FP32_VECTOR : DataType.FP32, 1, bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "1.5, 1.5, 1.5",
        "-2, -2, -2",
        "100000, 100000, 100000",
        "999999, 999999, 999999",
        "123456.789, 123456.789, 123456.789",
        "999999.5, 999999.5, 999999.5",
        "1e6, 1e+06, 1000000",
        "1234567, 1.234567e+06, 1234567",
        "1234567.5, 1.2345675e+06, 1234567.5",
        "1e21, 1e+21, 1000000000000000000000",
        "0.0001, 0.0001, 0.0001",
        "0.00001, 1e-05, 0.00001",
        "0.000012345, 1.2345e-05, 0.000012345",
        "0.30000000000000004, 0.30000000000000004, 0.30000000000000004",
        "NaN, NaN, NaN",
        "Infinity, +Inf, +Inf",
        "-Infinity, -Inf, -Inf",
        "0.0, 0, 0",
        "-0.0, -0, -0",
        "1e100, 1e+100, 1E100",
        "4.9E-324, 5e-324, 5E-324",
        "2E-323, 2e-323, 2E-323",
        "2.0E23, 2e+23, 2E23"
    })
    void fp64_tableRow_hasThisText(double value, String scalar, String element) {
        String plain = element.contains("E") ? new BigDecimal(element).toPlainString() : element;
        assertThat(fp64(value, false)).isEqualTo(scalar);
        assertThat(fp64(value, true)).isEqualTo(plain);
    }

    @ParameterizedTest
    @CsvSource({
        "12345679, 1.2345679e+07, 12345679",
        "1.5, 1.5, 1.5",
        "0.1, 0.1, 0.1",
        "999999.5, 999999.5, 999999.5",
        "16777216, 1.6777216e+07, 16777216",
        "1.4E-45, 1e-45, 0.000000000000000000000000000000000000000000001",
        "-3.4028235E38, -3.4028235e+38, -340282350000000000000000000000000000000",
        "NaN, NaN, NaN",
        "-0.0, -0, -0"
    })
    void fp32_tableRow_hasThisText(float value, String scalar, String element) {
        assertThat(fp32(value, false)).isEqualTo(scalar);
        assertThat(fp32(value, true)).isEqualTo(element);
    }

    @Test
    void smallFloats_haveTheTextOfTheirFp32() {
        assertThat(text(DataType.FP16, 0, Hex.bytes("66 2e"))).isEqualTo("0.099975586");
        assertThat(text(DataType.FP8_E4M3, 0, Hex.bytes("1d"))).isEqualTo("0.1015625");
        assertThat(text(DataType.FP8_E4M3, 0, Hex.bytes("7f"))).isEqualTo("NaN");
        assertThat(text(DataType.FP8_E5M2_VECTOR, 3, Hex.bytes("7c fc 80")))
                .isEqualTo("+Inf:-Inf:-0");
    }

    /** No shorter decimal may give the same double: tried against rounding to fewer digits. */
    @Test
    void floats_anyBits_areShortestAndReadBack() {
        Random random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            double value = Double.longBitsToDouble(random.nextLong());
            float single = Float.intBitsToFloat(random.nextInt());
            if (i % 4 == 0) { // subnormals
                value = Double.longBitsToDouble(random.nextLong() >>> 12 + random.nextInt(52));
                single = Float.intBitsToFloat(random.nextInt() >>> 9 + random.nextInt(23));
            }
            if (Double.isFinite(value)) {
                String text = fp64(value, false);
                assertThat(Double.parseDouble(text)).isEqualTo(value);
                int digits = digits(text);
                assertThat(digits == 1 || fewer(value, digits).doubleValue() != value)
                        .as(text)
                        .isTrue();
            }
            if (Float.isFinite(single)) {
                String text = fp32(single, false);
                assertThat(Float.parseFloat(text)).isEqualTo(single);
                int digits = digits(text);
                assertThat(digits == 1 || fewer(single, digits).floatValue() != single)
                        .as(text)
                        .isTrue();
            }
        }
    }

    @Test
    void floats_ofEverydaySize_arePlainShortestAndReadBack() {
        Random random = new Random(12);
        for (int i = 0; i < 20_000; i++) {
            double scale = Math.pow(10, random.nextInt(12) - 4);
            double value = (random.nextDouble() - 0.5) * scale;
            float single = (float) (i % 3 == 0 ? Math.rint(value) : value);
            for (String text : new String[] {fp64(value, false), fp32(single, false)}) {
                if (!text.contains("e") && !text.equals("-0")) {
                    String plain = new BigDecimal(text).stripTrailingZeros().toPlainString();
                    assertThat(text).isEqualTo(plain);
                }
            }
            assertThat(Double.parseDouble(fp64(value, false))).isEqualTo(value);
            assertThat(Float.parseFloat(fp32(single, false))).isEqualTo(single);
            int digits = digits(fp32(single, false));
            assertThat(digits == 1 || fewer(single, digits).floatValue() != single).isTrue();
        }
    }

    private static int digits(String text) {
        return new BigDecimal(text).stripTrailingZeros().precision();
    }

    private static BigDecimal fewer(double value, int digits) {
        return new BigDecimal(value).round(new java.math.MathContext(digits - 1));
    }

    @Test
    void integers_areDecimal() {
        assertThat(text(DataType.INT8, 0, Hex.bytes("fe"))).isEqualTo("-2");
        assertThat(text(DataType.UINT8, 0, Hex.bytes("fe"))).isEqualTo("254");
        assertThat(text(DataType.INT16, 0, Hex.bytes("ff ff"))).isEqualTo("-1");
        assertThat(text(DataType.UINT16, 0, Hex.bytes("ff ff"))).isEqualTo("65535");
        assertThat(text(DataType.INT32_VECTOR, 2, Hex.bytes("07 00 00 00 ff ff ff ff")))
                .isEqualTo("7:-1");
        assertThat(text(DataType.UINT32, 0, Hex.bytes("ff ff ff ff"))).isEqualTo("4294967295");
        assertThat(text(DataType.INT64, 0, Hex.bytes("ff ff ff ff ff ff ff ff"))).isEqualTo("-1");
        assertThat(text(DataType.UINT64, 0, Hex.bytes("ff ff ff ff ff ff ff ff")))
                .isEqualTo("18446744073709551615");
    }

    @Test
    void bools_onlyOneIsTrue() {
        assertThat(text(DataType.BOOL, 0, (byte) 1)).isEqualTo("true");
        assertThat(text(DataType.BOOL, 0, (byte) 0)).isEqualTo("false");
        assertThat(text(DataType.BOOL, 0, (byte) 0x80)).isEqualTo("false");
        assertThat(text(DataType.BOOL_VECTOR, 3, Hex.bytes("01 00 01"))).isEqualTo("1:0:1");
    }

    @Test
    void b27_stringVector_isDecodedByItsElementCount() {
        assertThat(text(DataType.STRING_VECTOR, 2, Hex.bytes("01 00 02 00 61 62 62")))
                .isEqualTo("a:bb");
        assertThat(text(DataType.STRING_VECTOR, 1, Hex.bytes("03 00 63 63 63"))).isEqualTo("ccc");
        assertThat(text(DataType.STRING, 0, "日本".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .isEqualTo("日本");
    }

    @Test
    void text_lengthThatDoesNotFit_isRefused() {
        for (DataType type : DataType.values()) {
            if (type != DataType.STRING) {
                byte[] bytes = new byte[17];
                bytes[0] = 9;
                assertThatThrownBy(() -> text(type, 3, bytes))
                        .as(type.wireName())
                        .isExactlyInstanceOf(PsdbFormatException.class)
                        .hasMessageContaining("17");
                assertThatThrownBy(() -> text(type, 3))
                        .isExactlyInstanceOf(PsdbFormatException.class);
            }
        }
    }
}
