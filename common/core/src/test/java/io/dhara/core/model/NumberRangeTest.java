package io.dhara.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberRangeTest {
    @ParameterizedTest
    @CsvSource({
        "FP16, 65519.9, 65520",
        "FP8_E5M2, 61439, 61440",
        "FP8_E4M3, 464, 464.1",
        "FP32_VECTOR, 3.4028235e38, 3.5e38",
        "FP64, 1.7976931348623157e308, Infinity"
    })
    void float_holdsUpToWhereItWouldRoundAway(DataType type, double last, double first) {
        assertThat(NumberRange.holds(type, last)).isTrue();
        assertThat(NumberRange.holds(type, -last)).isTrue();
        assertThat(NumberRange.holds(type, first)).isFalse();
        assertThat(NumberRange.holds(type, -first)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "INT8, -128, 127",
        "INT16_VECTOR, -32768, 32767",
        "INT32, -2147483648, 2147483647",
        "UINT8, 0, 255",
        "UINT16, 0, 65535",
        "UINT32_VECTOR, 0, 4294967295"
    })
    void integer_holdsItsRange(DataType type, long least, long greatest) {
        assertThat(NumberRange.holds(type, least)).isTrue();
        assertThat(NumberRange.holds(type, greatest)).isTrue();
        assertThat(NumberRange.holds(type, least - 1)).isFalse();
        assertThat(NumberRange.holds(type, greatest + 1)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"INT64, true", "UINT64, false"})
    void integerOf64Bits_holdsNegativesOnlyIfSigned(DataType type, boolean holds) {
        assertThat(NumberRange.holds(type, Long.MIN_VALUE)).isEqualTo(holds);
        assertThat(NumberRange.holds(type, Long.MAX_VALUE)).isTrue();
    }
}
