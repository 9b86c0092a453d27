package io.dhara.core.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.model.DataType;
import io.dhara.core.model.FeatureSpec;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefaultTextTest {
    private static final HexFormat HEX = HexFormat.of();

    private static DataType type(String name) {
        return DataType.ofWireName("DataType" + name).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FP32|0.5|0000003f",
                "FP32|-1|000080bf",
                "FP32|1e+06|00247449",
                "FP64|0.1|9a9999999999b93f",
                "FP16|0.1|662e",
                "FP8E4M3|448|7e",
                "FP8E5M2|57344|7b",
                "FP32|NaN|0000c07f",
                "FP32|-Inf|000080ff",
                "Int8|-128|80",
                "Int16|-2|feff",
                "Int32|7|07000000",
                "Int64|-1|ffffffffffffffff",
                "Uint8|255|ff",
                "Uint64|18446744073709551615|ffffffffffffffff",
                "Bool|true|80",
                "Bool|false|00",
                "String|unknown|756e6b6e6f776e",
                "FP32Vector|0.5,-1|0000003f000080bf",
                "Int8Vector|-1,2|ff02",
                "Uint16Vector|1,65535|0100ffff",
                "BoolVector|true,true,false|c0",
                "BoolVector|1,0,0,0,0,0,0,0,1|8080",
                "StringVector|a,bb|000000000000000000000161026262"
            })
    void toBytes_thenToElements_isTheSame(String typeName, String text, String hex) {
        DataType type = type(typeName);
        List<String> elements = type.isVector() ? List.of(text.split(",")) : List.of(text);

        byte[] bytes = DefaultText.toBytes(type, elements, 16);

        assertThat(HEX.formatHex(bytes)).isEqualTo(hex);
        FeatureSpec feature =
                new FeatureSpec("f", 0, bytes, 16, type.isVector() ? elements.size() : 0);
        byte[] again = DefaultText.toBytes(type, DefaultText.toElements(type, feature), 16);
        assertThat(again).isEqualTo(bytes);
    }

    @Test
    void toBytes_longStringInAVector_hasAVarintOfTwoBytes() {
        String text = "x".repeat(300);

        byte[] bytes = DefaultText.toBytes(type("StringVector"), List.of(text), 300);

        assertThat(HEX.formatHex(bytes, 10, 12)).isEqualTo("ac02");
        FeatureSpec feature = new FeatureSpec("f", 0, bytes, 300, 1);
        assertThat(DefaultText.toElements(type("StringVector"), feature)).containsExactly(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Int8|128|is outside DataTypeInt8, which holds -128..127",
                "Uint8|-1|is outside DataTypeUint8, which holds 0..255",
                "Int32|0.5|must be a value of DataTypeInt32: got 0.5",
                "FP16|65520|is too large for DataTypeFP16",
                "FP8E4M3|500|is too large for DataTypeFP8E4M3",
                "FP32|1e39|is too large for DataTypeFP32",
                "FP32|half|must be a value of DataTypeFP32: got half",
                "Bool|yes|must be a value of DataTypeBool: got yes",
                "String|seventeen letters|has 17 bytes, string-length is 16"
            })
    void b22_valueThatDoesNotFit_isRefusedAndNeverNull(String type, String text, String problem) {
        assertThatThrownBy(() -> DefaultText.toBytes(type(type), List.of(text), 16))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(problem);
    }

    /** The control plane parses these as unsigned and stores null. */
    @Test
    void b22_negativeElementOfAnIntVector_isKept() {
        for (String name : List.of("Int8Vector", "Int16Vector", "Int32Vector")) {
            DataType type = type(name);
            byte[] bytes = DefaultText.toBytes(type, List.of("-5", "3"), 0);

            assertThat(DefaultText.toElements(type, new FeatureSpec("f", 0, bytes, 0, 2)))
                    .containsExactly("-5", "3");
        }
    }

    @Test
    void toElements_noDefault_isNone() {
        Stream.of("Int32", "FP32Vector", "Bool")
                .forEach(
                        name -> {
                            int length = type(name).isVector() ? 2 : 0;
                            FeatureSpec none = new FeatureSpec("f", 0, new byte[0], 0, length);
                            assertThat(DefaultText.toElements(type(name), none)).isEmpty();
                        });
    }
}
