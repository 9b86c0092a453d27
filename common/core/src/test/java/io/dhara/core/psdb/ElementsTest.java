package io.dhara.core.psdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.DataType;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ElementsTest {
    private static final List<DataType> SCALARS =
            Stream.of(DataType.values())
                    .filter(type -> !type.isVector() && type != DataType.STRING)
                    .toList();

    private static byte[] parsed(DataType type, String text) {
        byte[] bytes = new byte[Elements.width(type)];
        assertThat(Elements.parse(text, type, bytes, 0)).as("%s as %s", text, type).isTrue();
        return bytes;
    }

    private static String text(DataType type, byte[] bytes) {
        StringBuilder text = new StringBuilder();
        Elements.appendText(text, type, bytes, 0);
        return text.toString();
    }

    private static String cast(DataType from, String text, DataType to) {
        byte[] bytes = new byte[Elements.width(to)];
        Elements.cast(from, parsed(from, text), 0, to, bytes, 0);
        return text(to, bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "FP8_E4M3, 448, 7e",
        "FP8_E4M3, 480, 7f",
        "FP8_E4M3, 464, 7e",
        "FP8_E4M3, 465, 7f",
        "FP8_E5M2, 57344, 7b",
        "FP8_E5M2, 65536, 7c",
        "FP16, 65504, ff 7b",
        "FP16, 70000, 00 7c",
        "FP16, 5.9604645e-08, 01 00",
        "FP32, 1e-45, 01 00 00 00",
        "FP32, NaN, 00 00 c0 7f",
        "FP32, -Inf, 00 00 80 ff",
        "FP64, 5e-324, 01 00 00 00 00 00 00 00",
        "INT8, -128, 80",
        "INT16, 32767, ff 7f",
        "INT32, 55, 37 00 00 00",
        "INT32, 3.9, 03 00 00 00",
        "INT64, -9223372036854775808, 00 00 00 00 00 00 00 80",
        "UINT8, 255, ff",
        "UINT64, 18446744073709551615, ff ff ff ff ff ff ff ff",
        "BOOL, TRUE, 01",
        "BOOL, false, 00",
    })
    void parse_texts_givesTheBytesOfThePeer(DataType type, String text, String bytes) {
        assertThat(Hex.text(parsed(type, text))).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "INT8, 128",
        "INT8, -129",
        "INT32, 2147483648",
        "INT64, 9223372036854775808",
        "INT64, 1e999999999",
        "UINT8, -1",
        "UINT64, 18446744073709551616",
        "INT32, x",
        "INT32, ''",
        "INT32, NaN",
        "FP32, 1e39",
        "FP32, 1f",
        "FP64, 0x1p3",
        "FP64, ' 1'",
        "BOOL, 1",
    })
    void parse_noValueOfTheType_isRefused(DataType type, String text) {
        assertThat(Elements.parse(text, type, new byte[8], 0)).isFalse();
    }

    @Test
    void parse_tinyExponents_areZeroAtOnce() {
        assertThat(text(DataType.INT64, parsed(DataType.INT64, "1e-999999999"))).isEqualTo("0");
        assertThat(text(DataType.INT64, parsed(DataType.INT64, "0e999999999"))).isEqualTo("0");
    }

    @ParameterizedTest
    @CsvSource({
        "FP32, 3, 3",
        "FP32, 0.5, 0.5",
        "FP32, 999999, 999999",
        "FP32, 1000000, 1e+06",
        "FP32, 1234567, 1.234567e+06",
        "FP32, 0.0001, 0.0001",
        "FP32, 0.00001, 1e-05",
        "FP32, 0.1, 0.1",
        "FP64, 0.1, 0.1",
        "FP16, 3.0, 3",
        "UINT64, 18446744073709551615, 18446744073709551615",
        "BOOL, True, true",
    })
    void appendText_values_printsAsThePeer(DataType type, String value, String text) {
        assertThat(text(type, parsed(type, value))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "INT32, 300, INT8, 44",
        "INT8, -1, UINT16, 65535",
        "INT64, 16777217, FP32, 1.6777216e+07",
        "UINT64, 18446744073709551615, FP64, 1.8446744073709552e+19",
        "UINT64, 9223372586610589697, FP32, 9.223373e+18",
        "FP32, -3.9, INT32, -3",
        "FP32, 1e10, INT32, 2147483647",
        "FP32, -1e10, INT32, -2147483648",
        "FP32, NaN, INT64, 0",
        "FP64, 1e19, UINT64, 10000000000000000000",
        "FP64, 1e30, UINT64, 18446744073709551615",
        "FP64, -5, UINT8, 0",
        "FP32, 70000, FP16, 64992",
        "FP32, -Inf, FP16, -64992",
        "BOOL, true, FP32, 1",
        "FP32, 0.5, BOOL, true",
        "INT8, 0, BOOL, false",
    })
    void cast_pairs_givesGosCast(DataType from, String text, DataType to, String expected) {
        assertThat(cast(from, text, to)).isEqualTo(expected);
    }

    /** Total: random bytes of any type become some value of any other, which text carries over. */
    @ParameterizedTest
    @EnumSource(names = "STRING(_VECTOR)?", mode = EnumSource.Mode.MATCH_NONE)
    void cast_anyBytesToAnyType_hasAValueThatItsTextGivesAgain(DataType from) {
        Random random = new Random(from.id());
        byte[] bytes = new byte[Long.BYTES];
        byte[] cast = new byte[Long.BYTES];
        byte[] again = new byte[Long.BYTES];
        for (DataType to : SCALARS) {
            for (int i = 0; i < 300; i++) {
                random.nextBytes(bytes);
                Elements.cast(from, bytes, 0, to, cast, 0);
                String text = text(to, cast);
                assertThat(Elements.parse(text, to, again, 0)).as(text).isTrue();
                assertThat(text(to, again)).isEqualTo(text);
            }
        }
    }
}
