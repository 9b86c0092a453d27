package io.dhara.core.psdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.dhara.core.model.DataType;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PsdbBlockTest {
    private final PsdbBlock block = new PsdbBlock();

    private static void malformed(int offset, String text, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PsdbFormatException.class, e -> assertThat(e.offset()).isEqualTo(offset))
                .hasMessageContaining(text);
    }

    private PsdbBlock wrap(byte[] bytes) {
        return block.wrap(bytes, 0, bytes.length);
    }

    @Test
    void b60_blockOfSevenBytes_isTruncated() {
        malformed(
                7, "need 9 bytes of header, have 7", () -> wrap(Hex.bytes("01 00 00 00 00 00 00")));
    }

    @Test
    void block_shorterThanItsHeader_isTruncated() {
        for (int length = 0; length < 9; length++) {
            int shorter = length;
            malformed(length, "truncated", () -> wrap(new byte[shorter]));
        }
        malformed(
                20,
                "need 21 bytes of header, have 20",
                () ->
                        wrap(
                                Hex.bytes(
                                        "01 00 00 00 00 00 00 20 40 00 00 c0 3f 00 00 00 c0 00 00 00")));
    }

    @Test
    void header_unknownLayout_namesBothVersions() {
        malformed(
                7,
                "layout version 3, this reader knows 1 and 2",
                () -> wrap(Hex.bytes("01 00 00 00 00 00 00 30 40 00 00 c0 3f")));
    }

    @Test
    void header_unknownCompressionOrType_isRefused() {
        malformed(
                7,
                "compression 2",
                () -> wrap(Hex.bytes("01 00 00 00 00 00 00 14 40 00 00 c0 3f")));
        malformed(8, "type id 0", () -> wrap(Hex.bytes("01 00 00 00 00 00 00 10 00 00")));
        malformed(8, "type id 31", () -> wrap(Hex.bytes("01 00 00 00 00 00 00 11 f0 00")));
    }

    @Test
    void header_lowNibbleOfNonBool_isIgnored() {
        byte[] bytes = Hex.bytes("01 00 00 00 00 00 00 10 6b 01");
        assertThat(wrap(bytes).open(Schemas.scalars(1, 1)).getLong(0)).isEqualTo(1);
    }

    @Test
    void b49_payloadOfOtherLengthsThanTheVersions_isRefused() {
        byte[] bytes = Hex.bytes("01 00 00 00 00 00 00 10 40 00 00 c0 3f 00 00 00 c0");
        malformed(9, "needs 12 bytes, has 8", () -> wrap(bytes).open(Schemas.scalars(1, 3)));
        malformed(9, "needs 4 bytes, has 8", () -> wrap(bytes).open(Schemas.scalars(1, 1)));
    }

    @Test
    void strings_lengthsThatDoNotAddUp_areRefused() {
        SchemaVersion version = Schemas.scalars(1, 2);
        for (String payload : List.of("01 00 05 00 61 62", "01 00 00 00 61 62", "01 00 05")) {
            malformed(
                    9,
                    "lengths of the 2 strings of version 1 do not add up to the payload",
                    () -> wrap(Hex.bytes("01 00 00 00 00 00 00 10 e0 " + payload)).open(version));
        }
    }

    @Test
    void open_byAnotherVersion_isRefused() {
        byte[] bytes = Hex.bytes("02 00 00 00 00 00 00 10 60 01");
        assertThatThrownBy(() -> wrap(bytes).open(Schemas.scalars(1, 1)))
                .hasMessage("block has schema version 2, cannot be read by version 1");
        assertThatThrownBy(() -> block.getLong(0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void read_ofAnotherKindOrShape_isRefused() {
        byte[] bytes = Hex.bytes("01 00 00 00 00 00 00 10 e0 01 00 61");
        wrap(bytes).open(Schemas.scalars(1, 1));
        for (ThrowingCallable read :
                List.<ThrowingCallable>of(
                        () -> block.getLong(0),
                        () -> block.getDouble(0),
                        () -> block.getBoolean(0),
                        () -> block.getString(0, 0),
                        () -> block.getLong(0, 0))) {
            assertThatThrownBy(read)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("DataTypeString");
        }
        assertThatThrownBy(() -> block.getString(1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> block.getString(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void frame_thatGrowsBeyondItsSchema_isRefused() {
        byte[] bomb = Zstd.compress(new byte[50_000_000]);
        byte[] bytes = concat(Hex.bytes("01 00 00 00 00 00 00 12 80"), bomb);
        malformed(9, "more than the 8 bytes", () -> wrap(bytes).open(Schemas.scalars(1, 2)));
        byte[] strings = concat(Hex.bytes("01 00 00 00 00 00 00 12 e0"), bomb);
        malformed(
                9,
                "more than the " + PsdbFormat.MAX_DECOMPRESSED_LENGTH,
                () -> wrap(strings).open(Schemas.scalars(1, 2)));
    }

    @Test
    void frame_ofStringsOver64Kilobytes_isRead() {
        byte[] payload = new byte[2 * 2 + 65_535 + 60_000];
        LittleEndian.put16(payload, 0, 65_535);
        LittleEndian.put16(payload, 2, 60_000);
        Arrays.fill(payload, 4, payload.length, (byte) 'x');
        byte[] bytes = concat(Hex.bytes("01 00 00 00 00 00 00 12 e0"), Zstd.compress(payload));
        wrap(bytes).open(Schemas.scalars(1, 2));
        assertThat(block.getString(1)).isEqualTo("x".repeat(60_000));
    }

    @Test
    void frame_withBrokenChecksum_isRefused() {
        byte[] bytes =
                Hex.bytes("01 00 00 00 00 00 00 12 80 28 b5 2f fd 04 00 a3 00 00 00 41 b2 f6 e9");
        malformed(9, "not a zstd frame", () -> wrap(bytes).open(Schemas.scalars(1, 5)));
    }

    @Test
    void frame_emptyOrLeftOut_isRefused() {
        byte[] bytes = Hex.bytes("01 00 00 00 00 00 00 12 80");
        malformed(9, "needs 20 bytes, has 0", () -> wrap(bytes).open(Schemas.scalars(1, 5)));
    }

    @Test
    void layout2_anyChangedBit_failsItsChecksum() {
        PsdbEncoder encoder = new PsdbEncoder();
        encoder.begin(DataType.INT32, Schemas.scalars(1, 3), 2, 0, 1_772_368_496_000_123L);
        encoder.putInts(0, new int[] {1, 2, 3}, 0, 3);
        byte[] bytes = encoder.toBlock(false);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit >> 3] ^= (byte) (1 << (bit & 7));
            if (bit >> 3 == 7 && (damaged[7] >> 4) == 1) {
                continue; // another layout: has no checksum, its size does not fit
            }
            assertThatThrownBy(() -> wrap(damaged)).isExactlyInstanceOf(PsdbFormatException.class);
        }
    }

    @Test
    void uncompressedCopy_isTheSameBlockWithoutCompression() {
        byte[] compressed =
                Hex.bytes("01 00 00 00 00 00 00 12 80 28 b5 2f fd 04 00 a3 00 00 00 41 b2 f6 e8");
        wrap(compressed).open(Schemas.scalars(1, 5));
        byte[] copy = new byte[block.uncompressedLength()];
        assertThat(block.copyUncompressed(copy, 0)).isEqualTo(29);
        assertThat(Hex.text(copy)).isEqualTo("01 00 00 00 00 00 00 10 80" + " 00".repeat(20));

        BlockSample sample = BlockSample.constant(DataType.INT64, 3, 50, 0);
        byte[] layout2 = sample.encode(new PsdbEncoder(), 2, 0, 77, true);
        assertThat(wrap(layout2).isCompressed()).isTrue();
        block.open(sample.version());
        byte[] plain = new byte[block.uncompressedLength() + 3];
        int length = block.copyUncompressed(plain, 3);
        block.wrap(plain, 3, length).open(sample.version());
        assertThat(block.isCompressed()).isFalse();
        assertThat(block.eventTimeMicros()).isEqualTo(77);
        sample.assertIn(block);
    }

    @Test
    void wrap_outsideItsArray_isOutOfBounds() {
        assertThatThrownBy(() -> block.wrap(new byte[10], 5, 6))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static byte[] concat(byte[] head, byte[] tail) {
        byte[] all = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, all, head.length, tail.length);
        return all;
    }

    @Test
    void copyNumbers_neighbours_equalTheirCopiesOneByOne() {
        SchemaVersion version =
                new SchemaVersion(
                        1,
                        List.of(
                                new FeatureSpec("a", 0, new byte[0], 0, 0),
                                new FeatureSpec("b", 1, new byte[0], 0, 0),
                                new FeatureSpec("c", 2, new byte[0], 0, 0)));
        PsdbEncoder encoder = new PsdbEncoder();
        encoder.begin(DataType.INT16, version, 1, 0, 0);
        encoder.putLong(0, 1);
        encoder.putLong(1, -2);
        encoder.putLong(2, 300);
        wrap(encoder.toBlock(false)).open(version);
        byte[] run = new byte[6];
        byte[] single = new byte[6];

        block.copyNumbers(1, 2, run, 1);
        block.copyFeature(1, single, 1);
        block.copyFeature(2, single, 3);

        assertThat(run).isEqualTo(single);
        assertThatThrownBy(() -> block.copyNumbers(2, 2, run, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> block.copyNumbers(1, 2, run, 3))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
