package io.dhara.serving.inferflow.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.model.DataType;
import io.dhara.core.model.DataType.Kind;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ValueTextTest {
    private static String hex(byte[] bytes) {
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "FP32_VECTOR, '1,2.5,-3', 00 00 80 3f 00 00 20 40 00 00 40 c0",
        "FP32_VECTOR, '1:2.5:-3', 00 00 80 3f 00 00 20 40 00 00 40 c0",
        "INT8_VECTOR, '1,-1', 01 ff",
        "INT16_VECTOR, '', ''",
        "UINT64_VECTOR, 18446744073709551615, ff ff ff ff ff ff ff ff",
        "BOOL_VECTOR, 'true:false,1,0', 01 00 01 00",
        "STRING_VECTOR, 'a,bc', 01 00 02 00 61 62 63",
        "STRING_VECTOR, 'a:bc', 01 00 02 00 61 62 63",
        "STRING, 'a:b,c', 61 3a 62 2c 63",
        "BOOL, True, 01",
    })
    void f11_vectorText_isReadWithCommasAndColons(DataType type, String text, String bytes) {
        byte[] value = ValueText.parse(text, type, 0);
        assertThat(value).isNotNull();
        assertThat(hex(value)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void f11_anyValue_isReadAgainAsWritten(DataType type) {
        Random random = new Random(type.id());
        for (int length = 0; length < 6; length++) {
            int elements = type.isVector() ? length : 1;
            byte[] value = value(type, elements, random);
            String text = ValueText.of(type, elements, value, 0, value.length);
            byte[] again = ValueText.parse(text, type, elements);
            assertThat(again).as("%s as %s", text, type).isNotNull();
            assertThat(ValueText.of(type, elements, again, 0, again.length)).isEqualTo(text);
        }
    }

    private static byte[] value(DataType type, int elements, Random random) {
        if (type.kind() == Kind.STRING) {
            byte[][] strings = new byte[elements][];
            for (int i = 0; i < elements; i++) {
                strings[i] = new byte[] {(byte) ('a' + random.nextInt(26)), 'x'};
            }
            byte[] stored = CellElements.storedForm(strings);
            assertThat(stored).isNotNull();
            return type.isVector() ? stored : strings[0];
        }
        int width = io.dhara.core.psdb.Elements.width(type);
        byte[] bytes = new byte[elements * width];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void parse_noValue_isNull() {
        assertThat(ValueText.parse("x", DataType.INT32, 0)).isNull();
        assertThat(ValueText.parse("1,2", DataType.INT32_VECTOR, 3)).isNull();
        assertThat(ValueText.parse("1,,2", DataType.INT32_VECTOR, 3)).isNull();
        assertThat(ValueText.parse("1,2", DataType.INT32, 0)).isNull();
    }

    @Test
    void of_lengthThatIsNotTheTypes_isRefused() {
        assertThatThrownBy(() -> ValueText.of(DataType.INT32, 0, new byte[3], 0, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DataTypeInt32 does not have 3 bytes");
    }
}
