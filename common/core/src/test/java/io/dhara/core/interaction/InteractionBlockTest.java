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

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InteractionBlockTest {

    @Provide
    Arbitrary<InteractionType> types() {
        return Arbitraries.of(CLICK, ORDER, CLICK_2, ORDER_2);
    }

    @Property(tries = 400)
    void block_anyInteractions_readBack(
            @ForAll("types") InteractionType type,
            @ForAll @IntRange(min = 1, max = 511) int count,
            @ForAll long seed) {
        List<Interaction> events = Samples.random(type, count, seed);
        byte[] block = InteractionBlock.encode(type, events);
        assertThat(InteractionBlock.decode(USER, type, block)).isEqualTo(events);
    }

    @Property(tries = 100)
    void block_ofOneSet_hasTheSameBytesInAnyOrderAndAtAnyTime(
            @ForAll("types") InteractionType type,
            @ForAll @IntRange(min = 1, max = 511) int count,
            @ForAll long seed) {
        List<Interaction> events = Samples.random(type, count, seed);
        byte[] block = InteractionBlock.encode(type, events);
        InteractionBlock.encode(type, Samples.random(type, 511, seed + 1));
        List<Interaction> shuffled = new ArrayList<>(events);
        Collections.shuffle(shuffled, new Random(seed));
        assertThat(InteractionBlock.encode(type, shuffled)).isEqualTo(block);
    }

    /** A type may change its layout: the blocks that are there are still read. */
    @Test
    void decode_readsBothLayoutsWhateverTheTypeSays() {
        List<Interaction> events = Samples.random(ORDER, 30, 1);
        byte[] one = InteractionBlock.encode(ORDER, events);
        byte[] two = InteractionBlock.encode(ORDER_2, events);
        assertThat(one[0] & 0xF).isEqualTo(1);
        assertThat(two[0] & 0xF).isEqualTo(2);
        assertThat(InteractionBlock.decode(USER, ORDER_2, one)).isEqualTo(events);
        assertThat(InteractionBlock.decode(USER, ORDER, two)).isEqualTo(events);
    }

    @Test
    void i11_511Interactions_areABlockAnd512AreRefused() {
        List<Interaction> events = Samples.random(CLICK, 512, 5);
        byte[] block = InteractionBlock.encode(CLICK, events.subList(0, 511));
        assertThat(InteractionBlock.decode(USER, CLICK, block)).isEqualTo(events.subList(0, 511));
        assertThatThrownBy(() -> InteractionBlock.encode(CLICK, events))
                .isInstanceOf(InteractionRefusedException.class)
                .hasMessage("a block of layout 1 has 1..511 interactions: got 512");
        assertThatThrownBy(() -> InteractionBlock.encode(CLICK, List.of()))
                .isInstanceOf(InteractionRefusedException.class);
    }

    @Test
    void layout2_holdsMoreThan511() {
        List<Interaction> events = Samples.random(CLICK_2, 5000, 6);
        byte[] block = InteractionBlock.encode(CLICK_2, events);
        assertThat(InteractionBlock.decode(USER, CLICK_2, block)).isEqualTo(events);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535})
    void i11_stringsUpTo65535Bytes_areStored(int length) {
        String text = "x".repeat(length);
        for (InteractionType type : List.of(ORDER, ORDER_2)) {
            Interaction event = new Interaction(USER, "ORDER", 1, 2, NEW_YEAR, text, text);
            assertThat(InteractionBlock.refusal(type, event)).isEmpty();
            byte[] block = InteractionBlock.encode(type, List.of(event));
            assertThat(InteractionBlock.decode(USER, type, block)).containsExactly(event);
        }
    }

    @Test
    void i11_stringsOver65535Bytes_areRefusedByTheirUtf8Length() {
        String devanagari = "\u0915".repeat(65_535 / 3 + 1);
        for (InteractionType type : List.of(CLICK, CLICK_2)) {
            Interaction event = click(1, 2, NEW_YEAR, devanagari);
            assertThat(InteractionBlock.refusal(type, event))
                    .hasValue("metadata must have at most 65535 bytes in UTF-8: got 65538");
            assertThatThrownBy(() -> InteractionBlock.encode(type, List.of(event)))
                    .isInstanceOf(InteractionRefusedException.class);
        }
        assertThat(InteractionBlock.refusal(ORDER, order(1, NEW_YEAR, "x".repeat(65_536))))
                .hasValue("sub-order must have at most 65535 bytes in UTF-8: got 65536");
    }

    @Test
    void refusal_idsBeyond32Bits_onlyInLayout1() {
        long wide = 1L << 31;
        assertThat(InteractionBlock.refusal(CLICK, click(wide, 0, NEW_YEAR, "")))
                .hasValue(
                        "product-id must be -2147483648..2147483647 in layout 1: got 2147483648"
                                + " (layout of CLICK)");
        assertThat(InteractionBlock.refusal(CLICK, click(0, -wide - 1, NEW_YEAR, "")))
                .hasValueSatisfying(text -> assertThat(text).startsWith("catalog-id must be"));
        assertThat(InteractionBlock.refusal(CLICK, click(wide - 1, -wide, NEW_YEAR, ""))).isEmpty();
        assertThat(InteractionBlock.refusal(CLICK_2, click(Long.MAX_VALUE, wide, NEW_YEAR, "")))
                .isEmpty();
    }

    @Test
    void refusal_subOrderOfAClick_onlyInLayout1() {
        Interaction event = new Interaction(USER, "CLICK", 1, 2, NEW_YEAR, "S1", "");
        assertThat(InteractionBlock.refusal(CLICK, event))
                .hasValueSatisfying(text -> assertThat(text).contains("sub-order", "S1"));
        assertThat(InteractionBlock.refusal(CLICK_2, event)).isEmpty();
    }

    /** JSON can say half of a surrogate pair; UTF-8 would turn it into a question mark. */
    @ParameterizedTest
    @ValueSource(strings = {"\uD83D", "a\uDED2", "\uDED2\uD83D"})
    void refusal_halfOfASurrogatePair(String text) {
        assertThat(InteractionBlock.refusal(CLICK, click(1, 2, NEW_YEAR, text)))
                .hasValue("metadata must be Unicode text: got half of a surrogate pair");
        assertThat(InteractionBlock.refusal(CLICK, click(1, 2, NEW_YEAR, "\uD83D\uDED2")))
                .isEmpty();
    }

    @Test
    void encode_anotherTypeOrUser_isRefused() {
        Interaction other = new Interaction("u2", "CLICK", 1, 2, NEW_YEAR, "", "");
        List<Interaction> ofTwoUsers = List.of(click(1, NEW_YEAR), other);
        assertThatThrownBy(() -> InteractionBlock.encode(CLICK, ofTwoUsers))
                .isInstanceOf(InteractionRefusedException.class);
        assertThatThrownBy(() -> InteractionBlock.encode(ORDER, List.of(other)))
                .isInstanceOf(InteractionRefusedException.class);
    }

    @Test
    void compression_onlyWhereItIsStrictlyShorter() {
        byte[] one = InteractionBlock.encode(CLICK, List.of(click(1, NEW_YEAR)));
        assertThat(one[0] >> 4 & 7).isZero();
        byte[] many =
                InteractionBlock.encode(
                        CLICK, Collections.nCopies(100, click(1, 2, NEW_YEAR, "a".repeat(20))));
        assertThat(many[0] >> 4 & 7).isEqualTo(1);
        assertThat(many.length).isLessThan(200);
    }
}
