package io.dhara.core.psdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.model.DataType;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CsdbTest {
    private static final byte[] BLOCK_A =
            Hex.bytes("01 00 00 00 00 00 00 10 40 00 00 c0 3f 00 00 00 c0");
    private static final byte[] ZEROS =
            Hex.bytes("01 00 00 00 00 00 00 12 80 28 b5 2f fd 04 00 a3 00 00 00 41 b2 f6 e8");

    private final CsdbWriter writer = new CsdbWriter();
    private final CsdbReader reader = new CsdbReader();

    private CsdbReader wrap(byte[] bytes) {
        return reader.wrap(bytes, 0, bytes.length);
    }

    @Test
    void value_ofABlockAndANegative_isTheseBytes() {
        byte[] value = writer.begin().add(0, BLOCK_A, 0, BLOCK_A.length).addNegative(3).toBytes();
        assertThat(Hex.text(value))
                .isEqualTo(
                        "01 00 00 11 00 01 00 00 00 00 00 00 10 40 00 00 c0 3f 00 00 00 c0"
                                + " 03 00 00 00");
        assertThat(wrap(value).next()).isTrue();
        assertThat(reader.groupId()).isZero();
        assertThat(reader.isNegative()).isFalse();
        assertThat(
                        Arrays.copyOfRange(
                                value,
                                reader.blockOffset(),
                                reader.blockOffset() + reader.blockLength()))
                .isEqualTo(BLOCK_A);
        assertThat(reader.next()).isTrue();
        assertThat(reader.groupId()).isEqualTo(3);
        assertThat(reader.isNegative()).isTrue();
        assertThat(reader.next()).isFalse();
        assertThat(reader.find(3)).isTrue();
        assertThat(reader.find(1)).isFalse();
    }

    @Test
    void value_inBothCacheForms_isTheseBytes() {
        byte[] distributed = writer.begin().add(1, ZEROS, 0, ZEROS.length).toBytes();
        assertThat(Hex.text(distributed)).isEqualTo("01 01 00 17 00 " + Hex.text(ZEROS));
        PsdbBlock block = new PsdbBlock().wrap(ZEROS, 0, ZEROS.length).open(Schemas.scalars(1, 5));
        byte[] inProcess = writer.begin().addUncompressed(1, block).toBytes();
        assertThat(Hex.text(inProcess))
                .isEqualTo("01 01 00 1d 00 01 00 00 00 00 00 00 10 80" + " 00".repeat(20));
    }

    @Test
    void eventTimes_rideInTheLastEntryAndAreSkippedByOthers() {
        long time = 1_772_368_496_000_123L;
        byte[] value =
                writer.begin()
                        .add(2, BLOCK_A, 0, BLOCK_A.length, time)
                        .add(700, ZEROS, 0, ZEROS.length, -5)
                        .toBytes();
        assertThat(Hex.text(Arrays.copyOfRange(value, value.length - 24, value.length)))
                .isEqualTo(
                        "ff ff 14 00 02 00 7b 7c 9d b2 f5 4b 06 00 bc 02 fb ff ff ff ff ff ff ff");
        assertThat(EventTimes.find(wrap(value), value, 2)).isEqualTo(time);
        assertThat(EventTimes.find(reader, value, 700)).isEqualTo(-5);
        assertThat(EventTimes.find(reader, value, 3)).isEqualTo(EventTimes.UNKNOWN);
        byte[] without = writer.begin().add(2, BLOCK_A, 0, BLOCK_A.length).toBytes();
        assertThat(EventTimes.find(wrap(without), without, 2)).isEqualTo(EventTimes.UNKNOWN);
    }

    @Test
    void eventTimes_notInPairs_areRefused() {
        byte[] value = Hex.bytes("01 ff ff 03 00 01 02 03");
        assertThatThrownBy(() -> EventTimes.find(wrap(value), value, 2))
                .isExactlyInstanceOf(PsdbFormatException.class)
                .hasMessageContaining("3 bytes, not a multiple of 10");
    }

    @Test
    void b13_entryOver65535Bytes_isRefused() {
        assertThat(writer.begin().add(0, new byte[65_535], 0, 65_535).toBytes())
                .hasSize(1 + 4 + 65_535);
        assertThatThrownBy(() -> writer.begin().add(0, new byte[65_536], 0, 65_536))
                .isInstanceOf(BlockRefusedException.class)
                .hasMessageContaining("65536 bytes")
                .hasMessageContaining("65535");
    }

    @Test
    void b10_oneBrokenBlock_leavesTheOthersReadable() {
        byte[] broken = {1, 2, 3};
        byte[] value =
                writer.begin().add(0, broken, 0, 3).add(1, BLOCK_A, 0, BLOCK_A.length).toBytes();
        PsdbBlock block = new PsdbBlock();
        assertThat(wrap(value).find(0)).isTrue();
        assertThatThrownBy(() -> block.wrap(value, reader.blockOffset(), reader.blockLength()))
                .isExactlyInstanceOf(PsdbFormatException.class);
        assertThat(reader.find(1)).isTrue();
        block.wrap(value, reader.blockOffset(), reader.blockLength()).open(Schemas.scalars(1, 2));
        assertThat(block.dataType()).isEqualTo(DataType.FP32);
        assertThat(block.getDouble(0)).isEqualTo(1.5);
    }

    @Test
    void groups_outOfOrderOrReserved_areRefused() {
        assertThatThrownBy(() -> writer.begin().addNegative(3).addNegative(3))
                .hasMessageContaining("above 3");
        assertThatThrownBy(() -> writer.begin().addNegative(65_535))
                .hasMessageContaining("below 65535");
        assertThatThrownBy(() -> writer.begin().toBytes())
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void value_everyTruncation_isRefusedOrEndsAtAnEntry() {
        byte[] value = writer.begin().add(0, BLOCK_A, 0, BLOCK_A.length).addNegative(3).toBytes();
        for (int length = 0; length < value.length; length++) {
            byte[] cut = Arrays.copyOf(value, length);
            if (length == 1 || length == value.length - 4) {
                wrap(cut);
            } else {
                assertThatThrownBy(() -> wrap(cut))
                        .isExactlyInstanceOf(PsdbFormatException.class)
                        .hasMessageMatching(".*(truncated|empty).*");
            }
        }
        assertThatThrownBy(() -> wrap(Hex.bytes("02 00 00")))
                .hasMessageContaining("layout version 2, this reader knows 1");
    }
}
