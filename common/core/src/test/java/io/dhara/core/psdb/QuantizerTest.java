package io.dhara.core.psdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.model.DataType;
import io.dhara.core.model.FeatureSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantizerTest {
    private static String convert(DataType from, DataType to, byte[] value) {
        byte[] converted = new byte[Quantizer.convertedLength(from, to, value.length) + 2];
        int length = Quantizer.convert(from, to, value, 0, value.length, converted, 1);
        assertThat(length).isEqualTo(converted.length - 2);
        return Hex.text(java.util.Arrays.copyOfRange(converted, 1, 1 + length));
    }

    @ParameterizedTest
    @CsvSource({
        "FP32, 25 8e 81 3b, FP8_E5M2, 1c",
        "FP32, 21 20 80 c7, FP16, 00 fc",
        "FP64, e1 a3 a4 40 e1 7a b4 3e, FP32, 0a d7 a3 35"
    })
    void conversion_peersTestVector_givesTheseBytes(
            DataType from, String bytes, DataType to, String expected) {
        assertThat(convert(from, to, Hex.bytes(bytes))).isEqualTo(expected);
    }

    @Test
    void conversion_vector_isPerElement() {
        byte[] vector = new byte[16];
        LittleEndian.put64(vector, 0, Double.doubleToRawLongBits(1.0));
        LittleEndian.put64(vector, 8, Double.doubleToRawLongBits(0.1));
        assertThat(convert(DataType.FP64_VECTOR, DataType.FP16_VECTOR, vector))
                .isEqualTo("00 3c 66 2e");
        assertThat(convert(DataType.FP64_VECTOR, DataType.FP8_E4M3_VECTOR, vector))
                .isEqualTo("38 1d");
        assertThat(
                        convert(
                                DataType.FP16_VECTOR,
                                DataType.FP8_E5M2_VECTOR,
                                Hex.bytes("00 3c 66 2e")))
                .isEqualTo("3c 2e");
    }

    @Test
    void conversion_fp64ToFp16_roundsThroughFp32() {
        // A hair above half way between 1 and 1 + 2^-10: FP32 drops the hair, the tie goes to even.
        byte[] value = new byte[8];
        LittleEndian.put64(value, 0, Double.doubleToRawLongBits(1 + 0x1p-11 + 0x1p-40));
        assertThat(convert(DataType.FP64, DataType.FP16, value)).isEqualTo("00 3c");
    }

    @Test
    void b25_default_isConvertedLikeAStoredValue() {
        FeatureSpec feature = new FeatureSpec("ctr", 0, Hex.bytes("00 00 80 3f"), 0, 0);
        byte[] served = DefaultValues.asStored(DataType.FP32, feature);
        assertThat(convert(DataType.FP32, DataType.FP16, served)).isEqualTo("00 3c");
    }

    @Test
    void allowed_areNarrowerFloatsOfTheSameShapeOnly() {
        int allowed = 0;
        for (DataType from : DataType.values()) {
            for (DataType to : DataType.values()) {
                if (Quantizer.isAllowed(from, to)) {
                    allowed++;
                } else {
                    byte[] value = new byte[8];
                    assertThatThrownBy(
                                    () -> Quantizer.convert(from, to, value, 0, 8, new byte[8], 0))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining(from.wireName())
                            .hasMessageContaining(to.wireName());
                }
            }
        }
        assertThat(allowed).isEqualTo(2 * (4 + 3 + 2));
        assertThat(Quantizer.isAllowed(DataType.FP32, DataType.FP32)).isFalse();
        assertThat(Quantizer.isAllowed(DataType.FP8_E4M3, DataType.FP8_E5M2)).isFalse();
        assertThat(Quantizer.isAllowed(DataType.FP32, DataType.FP16_VECTOR)).isFalse();
    }

    @Test
    void conversion_halfAnElement_isRefused() {
        assertThatThrownBy(
                        () ->
                                Quantizer.convert(
                                        DataType.FP32,
                                        DataType.FP16,
                                        new byte[7],
                                        0,
                                        7,
                                        new byte[8],
                                        0))
                .isExactlyInstanceOf(PsdbFormatException.class);
    }
}
