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

import io.dhara.core.psdb.Hex;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The worked examples of {@code docs/formats/interactions.md}. */
class InteractionExamplesTest {

    private static void assertBothWays(
            InteractionType type, String hex, Interaction... newestFirst) {
        byte[] bytes = Hex.bytes(hex);
        assertThat(InteractionBlock.encode(type, List.of(newestFirst))).isEqualTo(bytes);
        assertThat(InteractionBlock.decode(USER, type, bytes)).containsExactly(newestFirst);
    }

    @Test
    void e1_clickWithoutMetadata() {
        assertBothWays(
                CLICK,
                "01 01 65 00 00 00 d2 07 00 00 00 a8 da 76 9b 01 00 00 00 00",
                click(2002, 101, NEW_YEAR, ""));
    }

    @Test
    void e2_clickWithMetadata() {
        assertBothWays(
                CLICK,
                "01 01 65000000 d2070000 00a8da769b010000 0200 6162",
                click(2002, 101, NEW_YEAR, "ab"));
    }

    @Test
    void e3_order() {
        assertBothWays(
                ORDER,
                "01 01 65 00 00 00 d2 07 00 00 00 a8 da 76 9b 01 00 00 04 00 53 31 5f 31 00 00",
                order(2002, NEW_YEAR, "S1_1"));
    }

    @Test
    void e4_bodyOfTwoClicks() {
        assertBothWays(
                CLICK,
                "01 02 65 00 00 00 67 00 00 00 d2 07 00 00 d4 07 00 00"
                        + " 00 a8 da 76 9b 01 00 00 18 a4 da 76 9b 01 00 00 00 00 01 00 78",
                click(2002, 101, NEW_YEAR, ""),
                click(2004, 103, NEW_YEAR - 1000, "x"));
    }

    @Test
    void e5_twentyClicksOfAnotherEncoder() {
        byte[] bytes =
                Hex.bytes(
                        """
                        11 14
                        28 b5 2f fd 64 68 00 85 02 00 44 03 65 00 00 00 d2 07 00 a8 da 76 9b 01 00
                        00 18 a4 30 a0 48 9c 60 98 78 94 90 90 a8 8c c0 88 d8 84 f0 80 08 7d 20 79
                        38 75 50 71 68 6d 80 69 98 65 b0 61 c8 5d 16 a8 30 02 3b d6 0d d0 63 03 10
                        e4 f9 ff df 75 07 b1 67 a2 fd 66 3c df 7b 07 67 a2 40 ae
                        """);
        List<Interaction> twenty = twentyClicks();
        assertThat(InteractionBlock.decode(USER, CLICK, bytes)).isEqualTo(twenty);

        byte[] ours = InteractionBlock.encode(CLICK, twenty);
        assertThat(Arrays.copyOf(ours, 2)).isEqualTo(Hex.bytes("11 14"));
        assertThat(ours.length).isLessThan(2 + 360);
        assertThat(InteractionBlock.decode(USER, CLICK, ours)).isEqualTo(twenty);
    }

    @ParameterizedTest
    @CsvSource({"255, 11ff", "256, 9100", "300, 912c", "500, 91f4", "511, 91ff"})
    void e6_headersOfCompressedBlocks(int count, String header) {
        List<Interaction> events =
                IntStream.range(0, count).mapToObj(i -> click(2002, NEW_YEAR - 1000L * i)).toList();
        byte[] block = InteractionBlock.encode(CLICK, events);
        assertThat(Arrays.copyOf(block, 2)).isEqualTo(Hex.bytes(header));
        assertThat(InteractionBlock.decode(USER, CLICK, block)).isEqualTo(events);
    }

    /** The bytes were made by a script that shares no code with the encoder. */
    @Test
    void layout2_clickWithoutCatalogueAndTexts_hasTwoSections() {
        assertBothWays(
                CLICK_2,
                "02 02 0100 5127c50c 01 08000000 02 08000000 d207000000000000 00a8da769b010000",
                click(2002, 0, NEW_YEAR, ""));
    }

    /** All five sections, as a writer that does not compress has them. */
    @Test
    void layout2_twoOrdersUncompressed_areRead() {
        byte[] bytes =
                Hex.bytes(
                        """
                        02 05 0200 48020dc1
                        01 10000000 02 10000000 03 10000000 04 0c000000 05 05000000
                        d207000000000000 0000000000010000 00a8da769b010000 18a4da769b010000
                        6500000000000000 0000000000000000
                        0400 0400 53315f31 53315f32 0000 0100 78
                        """);
        assertThat(InteractionBlock.decode(USER, ORDER_2, bytes))
                .containsExactly(
                        order(2002, NEW_YEAR, "S1_1"),
                        new Interaction(USER, "ORDER", 1L << 40, 0, NEW_YEAR - 1000, "S1_2", "x"));
    }

    /** Kept from the first version that wrote it: it must stay readable. */
    @Test
    void layout2_compressedBlockOfTheFirstVersion_isRead() {
        byte[] bytes =
                Hex.bytes(
                        """
                        12 03 14 00 1a c9 0a 2e 01 a0 00 00 00 02 a0 00 00 00 03 a0 00 00 00
                        28 b5 2f fd 64 e0 00 2d 03 00 24 03 d2 07 00 00 a8 da 76 9b 01 00 00
                        18 a4 30 a0 48 9c 60 98 78 94 90 90 a8 8c c0 88 d8 84 f0 80 08 7d 20
                        79 38 75 50 71 68 6d 80 69 98 65 b0 61 c8 5d 65 17 00 17 20 c8 59 ed
                        02 8c c1 c0 60 60 30 30 18 18 0c 0c 06 06 03 83 81 c1 c0 60 60 30 30
                        18 18 0c 0c 06 06 03 83 81 c1 c0 60 c0 ca 0a 81 16 0c 01 e7 58 c8 50
                        """);
        assertThat(InteractionBlock.decode(USER, CLICK_2, bytes)).isEqualTo(twentyClicks());
    }

    private static List<Interaction> twentyClicks() {
        return IntStream.range(0, 20).mapToObj(i -> click(2002, NEW_YEAR - 1000L * i)).toList();
    }
}
