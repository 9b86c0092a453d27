package io.dhara.core.interaction;

import static io.dhara.core.interaction.Samples.CLICK;
import static io.dhara.core.interaction.Samples.CLICK_2;
import static io.dhara.core.interaction.Samples.NEW_YEAR;
import static io.dhara.core.interaction.Samples.ORDER;
import static io.dhara.core.interaction.Samples.ORDER_2;
import static io.dhara.core.interaction.Samples.USER;
import static io.dhara.core.interaction.Samples.click;
import static io.dhara.core.interaction.Samples.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.luben.zstd.Zstd;
import io.dhara.core.psdb.LittleEndian;
import io.dhara.core.psdb.PsdbFormatException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32C;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Damaged bytes are either a legal block or a {@link PsdbFormatException}, and nothing else. */
class InteractionDamageTest {

    @Provide
    Arbitrary<InteractionType> types() {
        return Arbitraries.of(CLICK, ORDER, CLICK_2, ORDER_2);
    }

    private static boolean reads(InteractionType type, byte[] block) {
        try {
            InteractionBlock.decode(USER, type, block);
            return true;
        } catch (PsdbFormatException e) {
            assertThat(e.offset()).isNotNegative();
            assertThat(e.reason()).isNotBlank();
            return false;
        }
    }

    private static PsdbFormatException failure(InteractionType type, byte[] block) {
        return catchThrowableOfType(
                PsdbFormatException.class, () -> InteractionBlock.decode(USER, type, block));
    }

    /** Alternately incompressible and compressible. */
    private static byte[] sample(InteractionType type, int count, long seed) {
        List<Interaction> events = Samples.random(type, count, seed);
        return InteractionBlock.encode(
                type, seed % 2 == 0 ? events : Collections.nCopies(count + 5, events.get(0)));
    }

    @Test
    void e3_everyTruncation_reportsItsOffset() {
        byte[] e3 = InteractionBlock.encode(ORDER, List.of(order(2002, NEW_YEAR, "S1_1")));
        assertThat(e3).hasSize(26);
        for (int length = 0; length < e3.length; length++) {
            int columnCut;
            if (length < 2) {
                columnCut = length; // not even a header
            } else if (length < 6) {
                columnCut = 2; // catalogue ids
            } else if (length < 10) {
                columnCut = 6; // product ids
            } else if (length < 18) {
                columnCut = 10; // event times
            } else if (length < 20) {
                columnCut = 18; // lengths of sub-orders
            } else if (length < 24) {
                columnCut = 20; // sub-orders
            } else {
                columnCut = 24; // lengths of metadata
            }
            PsdbFormatException thrown = failure(ORDER, Arrays.copyOf(e3, length));
            assertThat(thrown).as("cut to %d", length).isNotNull();
            assertThat(thrown.offset()).as("cut to %d", length).isEqualTo(columnCut);
        }
    }

    @Property(tries = 40)
    void truncation_atEveryLength_isRefused(
            @ForAll("types") InteractionType type,
            @ForAll @IntRange(min = 1, max = 60) int count,
            @ForAll long seed) {
        byte[] block = sample(type, count, seed);
        for (int length = 0; length < block.length; length++) {
            assertThat(reads(type, Arrays.copyOf(block, length))).as("cut to %d", length).isFalse();
        }
        assertThat(reads(type, Arrays.copyOf(block, block.length + 1))).isFalse();
    }

    @Property(tries = 40)
    void layout2_everyFlippedBit_isNoticed(
            @ForAll @IntRange(min = 1, max = 30) int count, @ForAll long seed) {
        byte[] block = sample(CLICK_2, count, seed);
        for (int bit = 0; bit < block.length * 8; bit++) {
            byte[] damaged = block.clone();
            damaged[bit >> 3] ^= (byte) (1 << (bit & 7));
            assertThat(reads(CLICK_2, damaged)).as("bit %d", bit).isFalse();
        }
    }

    @Property(tries = 40)
    void layout1_everyFlippedBit_isLegalOrRefused(
            @ForAll @IntRange(min = 1, max = 30) int count, @ForAll long seed) {
        byte[] block = sample(ORDER, count, seed);
        for (int bit = 0; bit < block.length * 8; bit++) {
            byte[] damaged = block.clone();
            damaged[bit >> 3] ^= (byte) (1 << (bit & 7));
            reads(ORDER, damaged);
        }
    }

    /** Frames of the layout 1 kind have a checksum, which the reader looks at. */
    @Test
    void layout1_flippedBitInACompressedBody_isNoticed() {
        byte[] block =
                InteractionBlock.encode(CLICK, Collections.nCopies(50, click(1, 2, NEW_YEAR, "a")));
        byte[] damaged = block.clone();
        damaged[block.length - 1] ^= 1;
        assertThat(failure(CLICK, damaged).offset()).isEqualTo(2);
    }

    @Property(tries = 1000)
    void bytes_atRandom_areLegalOrRefused(
            @ForAll("types") InteractionType type, @ForAll @Size(max = 200) byte[] bytes) {
        reads(type, bytes);
        if (bytes.length > 0) {
            bytes[0] = 1;
            reads(type, bytes);
        }
    }

    /** What a writer with a defect could make: anything under a right checksum. */
    @Property(tries = 1000)
    void layout2_anyBytesUnderARightChecksum_areLegalOrRefused(
            @ForAll boolean zstd,
            @ForAll @IntRange(max = 6) int sections,
            @ForAll @IntRange(max = 4) int count,
            @ForAll @Size(max = 120) byte[] rest) {
        byte[] block = new byte[8 + rest.length];
        block[0] = (byte) (zstd ? 0x12 : 0x02);
        block[1] = (byte) sections;
        LittleEndian.put16(block, 2, count);
        System.arraycopy(rest, 0, block, 8, rest.length);
        reads(CLICK_2, sealed(block));
    }

    /** Tables that are nearly right. */
    @Property(tries = 1000)
    void layout2_oneChangedByteUnderARightChecksum_isLegalOrRefused(
            @ForAll @IntRange(min = 1, max = 5) int count,
            @ForAll long seed,
            @ForAll int at,
            @ForAll byte value) {
        byte[] block = InteractionBlock.encode(CLICK_2, Samples.random(CLICK_2, count, seed));
        block[Math.floorMod(at, block.length)] = value;
        reads(CLICK_2, sealed(block));
    }

    private static byte[] sealed(byte[] block) {
        CRC32C crc = new CRC32C();
        crc.update(block, 0, 4);
        crc.update(block, 8, block.length - 8);
        LittleEndian.put32(block, 4, (int) crc.getValue());
        return block;
    }

    @Test
    void layout1_zstdBomb_isStoppedAtTheLargestLegalBody() {
        byte[] frame = Zstd.compress(new byte[256 << 20], 3);
        byte[] bomb = new byte[2 + frame.length];
        bomb[0] = 0x11;
        bomb[1] = 1;
        System.arraycopy(frame, 0, bomb, 2, frame.length);
        long largest = 16 + 2 + 65_535;
        assertThat(failure(CLICK, bomb).reason())
                .isEqualTo("compressed payload holds more than the " + largest + " bytes allowed");
        bomb[0] = (byte) 0x91;
        bomb[1] = (byte) 0xFF;
        assertThat(failure(CLICK, bomb).reason())
                .contains("more than the " + 511 * largest + " bytes");
    }

    @Test
    void layout2_zstdBomb_isStoppedAtWhatTheTableSays() {
        byte[] whole =
                InteractionBlock.encode(
                        CLICK_2, Collections.nCopies(90, click(1, 2, NEW_YEAR, "a")));
        int bodyOffset = 8 + 4 * 5;
        byte[] frame = Zstd.compress(new byte[16 << 20], 3);
        byte[] bomb = Arrays.copyOf(whole, bodyOffset + frame.length);
        System.arraycopy(frame, 0, bomb, bodyOffset, frame.length);
        assertThat(failure(CLICK_2, sealed(bomb)).reason())
                .contains("more than the " + (90 * 24 + 90 * 3) + " bytes");
    }

    @Test
    void layout_notKnown_isNamed() {
        assertThat(failure(CLICK, new byte[] {3, 0}))
                .hasMessage("layout 3 is not known, only 1 and 2 are (at offset 0)");
        assertThat(failure(CLICK, new byte[] {0x21, 1}))
                .hasMessage("compression 2 is not known, only 0 and 1 are (at offset 0)");
    }

    @Test
    void layout1_blockOfNone_isEmpty() {
        assertThat(InteractionBlock.decode(USER, CLICK, new byte[] {1, 0})).isEmpty();
        assertThatThrownBy(() -> InteractionBlock.decode(USER, CLICK, new byte[] {1, 0, 0}))
                .hasMessage("1 bytes follow the last column (at offset 2)");
    }

    /**
     * A string of 65,537 bytes whose length the peer's writer stored as 1: its bytes do not add up.
     */
    @Test
    void i11_overflownLengthOfThePeersWriter_isNoticed() {
        byte[] e2 = InteractionBlock.encode(CLICK, List.of(click(2002, 101, NEW_YEAR, "a")));
        byte[] overflown = Arrays.copyOf(e2, e2.length + 65_536);
        assertThat(failure(CLICK, overflown).reason())
                .isEqualTo("65536 bytes follow the last column");
    }

    @Test
    void text_thatIsNotUtf8_isNotReplaced() {
        byte[] block = InteractionBlock.encode(CLICK, List.of(click(1, 2, NEW_YEAR, "ab")));
        block[block.length - 1] = (byte) 0xC3;
        assertThat(failure(CLICK, block).offset()).isEqualTo(block.length - 2);
        String replacement = new String(new byte[] {(byte) 0xC3}, StandardCharsets.UTF_8);
        Interaction legal = click(1, 2, NEW_YEAR, replacement);
        assertThat(
                        InteractionBlock.decode(
                                USER, CLICK, InteractionBlock.encode(CLICK, List.of(legal))))
                .containsExactly(legal);
    }
}
