package io.dhara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The block commands on the worked bytes of the format's description. */
class BlockCommandTest {
    private final StringBuilder out = new StringBuilder();
    private final StringBuilder err = new StringBuilder();

    private int run(String... args) {
        CommandRun run = CommandRun.of(args);
        out.append(run.out());
        err.append(run.err());
        return run.exitCode();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    01 00 00 00 00 00 00 10 40 00 00 c0 3f 00 00 00 c0 | DataTypeFP32 | [1.5,-2]
                    02 00 b0 76 a8 1f f0 10 80 07 00 00 00 ff ff ff ff | DataTypeInt32 | [7,-1]
                    01 00 00 00 00 00 00 10 e0 02 00 00 00 03 00 61 62 78 79 7a | DataTypeString | ["ab","","xyz"]
                    01 00 00 00 00 00 00 10 f5 a0 | DataTypeBool | [true,false,true]
                    01 00 00 00 00 00 00 10 20 38 1d 7e 7f | DataTypeFP8E4M3 | [1,0.1015625,448,"NaN"]
                    """)
    void decode_workedBlock_printsValuesAndEncodesBack(String hex, String type, String values)
            throws IOException {
        assertThat(run("block", "decode", hex)).isZero();
        JsonNode document = new ObjectMapper().readTree(out.toString());
        assertThat(document.path("values").toString()).isEqualTo(values);
        assertThat(document.path("type").asText()).isEqualTo(type);
        assertThat(document.path("layout").asInt()).isEqualTo(1);
        assertThat(document.path("compression").asText()).isEqualTo("none");

        out.setLength(0);
        assertThat(run("block", "encode", document.toString())).isZero();
        assertThat(out.toString().strip()).isEqualTo(hex);
    }

    @Test
    void decode_compressedBlock_derivesTheCount() throws IOException {
        assertThat(
                        run(
                                "block",
                                "decode",
                                "01 00 00 00 00 00 00 12 80 28 b5 2f fd 04 00 a3 00 00 00 41 b2 f6 e8"))
                .isZero();
        JsonNode document = new ObjectMapper().readTree(out.toString());
        assertThat(document.path("values").toString()).isEqualTo("[0,0,0,0,0]");
        assertThat(document.path("compression").asText()).isEqualTo("zstd");
    }

    @Test
    void decode_vectorBlock_groupsByLengths() throws IOException {
        String hex = "01 00 00 00 00 00 00 11 e3 c8";
        assertThat(run("block", "decode", hex, "--lengths", "3,2")).isZero();
        assertThat(new ObjectMapper().readTree(out.toString()).path("values").toString())
                .isEqualTo("[[true,true,false],[false,true]]");
    }

    @Test
    void decode_truncatedBlock_failsWithOffset() {
        assertThat(run("block", "decode", "01 00")).isEqualTo(1);
        assertThat(err.toString()).contains("truncated").contains("offset 2");
    }

    @Test
    void decode_notHex_isWrongUsage() {
        assertThat(run("block", "decode", "zz")).isEqualTo(2);
        assertThat(err.toString()).contains("not hexadecimal");
    }

    @Test
    void encode_unknownType_namesTheMember() {
        assertThat(run("block", "encode", "{\"type\": \"Int7\", \"values\": []}")).isEqualTo(1);
        assertThat(err.toString()).contains("type: unknown data type 'Int7'");
    }

    @Test
    void everyCommand_hasHelp() {
        DharaCli.commandLine().getSubcommands().keySet().stream()
                .filter(name -> !name.equals("help"))
                .forEach(name -> assertThat(run(name, "--help")).as(name).isZero());
    }
}
