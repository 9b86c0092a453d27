package io.dhara.core.psdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.DataType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One committed block per type and layout. They stay as they are for as long as the layout is read:
 * a change here is a change of the stored format.
 */
class GoldenBlocksTest {
    private static final long EXPIRY = 1_772_368_496L; // 2026-03-01T12:34:56Z
    private static final long EVENT_MICROS = 1_767_225_600_000_123L; // 2026-01-01, slot 123

    private static BlockSample sample(DataType type) {
        return BlockSample.random(type, 2, type.id());
    }

    private static byte[] golden(int layout, DataType type) throws IOException {
        String name = "/golden/psdb/v" + layout + "/" + type.wireName() + ".hex";
        try (InputStream file = GoldenBlocksTest.class.getResourceAsStream(name)) {
            assertThat(file).as(name).isNotNull();
            return Hex.bytes(new String(file.readAllBytes(), StandardCharsets.US_ASCII));
        }
    }

    @ParameterizedTest
    @EnumSource
    void layout1_goldenBlock_isWrittenAndRead(DataType type) throws IOException {
        check(1, type);
    }

    @ParameterizedTest
    @EnumSource
    void layout2_goldenBlock_isWrittenAndRead(DataType type) throws IOException {
        check(2, type);
    }

    private static void check(int layout, DataType type) throws IOException {
        BlockSample sample = sample(type);
        byte[] written = sample.encode(new PsdbEncoder(), layout, EXPIRY, EVENT_MICROS, false);
        byte[] golden = golden(layout, type);
        assertThat(Hex.text(written)).isEqualTo(Hex.text(golden));
        PsdbBlock block = new PsdbBlock().wrap(golden, 0, golden.length).open(sample.version());
        assertThat(block.expiryEpochSeconds()).isEqualTo(EXPIRY);
        assertThat(block.eventTimeMicros()).isEqualTo(layout == 2 ? EVENT_MICROS : 0);
        sample.assertIn(block);
    }
}
