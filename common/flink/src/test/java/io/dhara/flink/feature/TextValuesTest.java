package io.dhara.flink.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.model.DataType;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextValuesTest {
    @Test
    void text_becomesAValueOfItsKind() {
        assertThat(TextValues.parse(DataType.FP8_E4M3, "-0.5")).isEqualTo(-0.5);
        assertThat(TextValues.parse(DataType.UINT64, "18446744073709551615"))
                .isEqualTo(new BigInteger("18446744073709551615"));
        assertThat(TextValues.parse(DataType.BOOL, "1")).isEqualTo(true);
        assertThat(TextValues.parse(DataType.STRING, "a,b")).isEqualTo("a,b");
        assertThat(TextValues.parse(DataType.INT8_VECTOR, "1, 2"))
                .isEqualTo(List.of(BigInteger.ONE, BigInteger.TWO));
    }

    @Test
    void text_ofAnotherKind_isRefused() {
        assertThatThrownBy(() -> TextValues.parse(DataType.INT32, "1.5"))
                .isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> TextValues.parse(DataType.FP32_VECTOR, "1,"))
                .isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> TextValues.parse(DataType.BOOL, "yes"))
                .hasMessageContaining("a bool is true or false");
    }
}
