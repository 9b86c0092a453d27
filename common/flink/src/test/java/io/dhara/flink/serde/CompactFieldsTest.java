package io.dhara.flink.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.HexFormat;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompactFieldsTest {
    private static DataInputDeserializer in(String hex) {
        return new DataInputDeserializer(HexFormat.of().parseHex(hex));
    }

    @ParameterizedTest
    @CsvSource({
        "0,00",
        "-1,01",
        "1,02",
        "63,7e",
        "64,8001",
        "1767225600000,80a0d5edee66",
        "9223372036854775807,feffffffffffffffff01",
        "-9223372036854775808,ffffffffffffffffff01"
    })
    void signed_writtenAndRead(long value, String hex) throws Exception {
        DataOutputSerializer out = new DataOutputSerializer(16);
        CompactFields.writeSigned(value, out);
        assertThat(HexFormat.of().formatHex(out.getCopyOfBuffer())).isEqualTo(hex);
        assertThat(CompactFields.readSigned(in(hex))).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ffffffffffffffffff02", "ffffffffffffffffffff01"})
    void varint_over64Bits_fails(String hex) {
        assertThatThrownBy(() -> CompactFields.readVarint(in(hex)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("64 bits");
    }

    @Test
    void count_over31Bits_fails() {
        assertThatThrownBy(() -> CompactFields.readCount(in("8080808008")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("2147483648");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "größe 日本"})
    void text_writtenAndRead(String text) throws Exception {
        DataOutputSerializer out = new DataOutputSerializer(16);
        CompactFields.writeText(text, out);
        assertThat(CompactFields.readText(new DataInputDeserializer(out.getCopyOfBuffer())))
                .isEqualTo(text);
    }
}
