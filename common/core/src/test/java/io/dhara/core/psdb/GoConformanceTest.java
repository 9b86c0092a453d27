package io.dhara.core.psdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.DataType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Against what Go itself and the Go libraries that BharatMLStack uses gave: their results are kept
 * in {@code golden/go}, each file saying what its columns are.
 */
class GoConformanceTest {
    private static List<String[]> rows(String name) {
        try (BufferedReader file =
                new BufferedReader(
                        new InputStreamReader(
                                Objects.requireNonNull(
                                        GoConformanceTest.class.getResourceAsStream(
                                                "/golden/go/" + name)),
                                StandardCharsets.US_ASCII))) {
            List<String[]> rows =
                    file.lines()
                            .filter(line -> !line.startsWith("#"))
                            .map(line -> line.split(" "))
                            .toList();
            assertThat(rows).isNotEmpty();
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(DataType type, byte[] bytes) {
        StringBuilder text = new StringBuilder();
        FeatureText.append(text, type, 1, bytes, 0, bytes.length);
        return text.toString();
    }

    @Test
    void floats_haveGosText() {
        for (String[] row : rows("go-floats.txt")) {
            boolean single = row[0].equals("32");
            byte[] bytes = new byte[single ? 4 : 8];
            long bits = Long.parseUnsignedLong(row[1], 16);
            Numbers.writeInteger(bytes.length, bytes, 0, bits);
            assertThat(text(single ? DataType.FP32 : DataType.FP64, bytes))
                    .as(row[1])
                    .isEqualTo(row[2]);
            assertThat(text(single ? DataType.FP32_VECTOR : DataType.FP64_VECTOR, bytes))
                    .as(row[1])
                    .isEqualTo(row[3]);
        }
    }

    @Test
    void fp16_isConvertedAsThePeersLibraryDoes() {
        for (String[] row : rows("go-fp16.txt")) {
            float value = Float.intBitsToFloat(Integer.parseUnsignedInt(row[0], 16));
            short half = SmallFloats.toFp16(value);
            assertThat(String.format("%04x", half & 0xFFFF)).as(row[0]).isEqualTo(row[1]);
            int back = Float.floatToRawIntBits(SmallFloats.fromFp16(half));
            assertThat(String.format("%08x", back)).as(row[0]).isEqualTo(row[2]);
        }
    }

    @Test
    void zstd_framesOfThePeersLibrary_areRead() {
        PsdbBlock block = new PsdbBlock();
        for (String[] row : rows("go-zstd.txt")) {
            int count = Integer.parseInt(row[0]);
            int modulus = Integer.parseInt(row[1]);
            byte[] bytes = Hex.bytes("01 00 00 00 00 00 00 12 80" + row[2]);
            block.wrap(bytes, 0, bytes.length).open(Schemas.scalars(1, count));
            for (int i = 0; i < count; i++) {
                assertThat(block.getLong(i)).as(row[0]).isEqualTo(i % modulus);
            }
        }
    }
}
