package io.dhara.stores.interaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.core.interaction.Interaction;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HotMembersTest {
    private static final long T = 1_767_225_600_000L;

    @Test
    void event_plainTexts_isTheFiveParts() {
        assertThat(text(order("S1_1", "ab"))).isEqualTo("2002|101|1767225600000|S1_1|ab");
        assertThat(text(order("", ""))).isEqualTo("2002|101|1767225600000||");
        assertThat(new String(HotMembers.product(order("S1_1", "ab")), StandardCharsets.UTF_8))
                .isEqualTo("2002");
    }

    @Test
    void event_separatorsInTexts_areEscaped() {
        assertThat(text(order("a|b", "c\\"))).isEqualTo("2002|101|1767225600000|a\\|b|c\\\\");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "\"\";\"\"",
                "S1_1;\"\"",
                "\"|\";\"\\\\\"",
                "\"a|b\\\\\";\"|\\|\"",
                "\"\\\";\"\\|\"",
                "\u0938\u0941\u0930\u0924;\uD83D\uDED2 \u00e9",
                "\"a\nb\";\"\u0000\""
            })
    void parse_anyTexts_givesTheEventBack(String subOrder, String metadata) {
        Interaction event = order(subOrder, metadata);
        assertThat(HotMembers.parse("u", "ORDER", HotMembers.event(event))).isEqualTo(event);
    }

    @Test
    void event_textsThatDifferOnlyInWhereTheyEnd_differ() {
        assertThat(text(order("a|", "b"))).isNotEqualTo(text(order("a", "|b")));
        assertThat(text(order("a\\", "b"))).isNotEqualTo(text(order("a", "\\b")));
    }

    @Test
    void parse_extremeNumbers_keepsThem() {
        Interaction event =
                new Interaction("u", "CLICK", Long.MIN_VALUE, Long.MAX_VALUE, -1, "", "");
        assertThat(HotMembers.parse("u", "CLICK", HotMembers.event(event))).isEqualTo(event);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2002", "1|2|3|4", "1|2|3|4|5|6", "x|2|3||", "1|2|3|a\\|b"})
    void parse_noEvent_failsWithoutItsText(String member) {
        assertThatThrownBy(
                        () ->
                                HotMembers.parse(
                                        "u", "CLICK", member.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("member of a CLICK set");
    }

    private static Interaction order(String subOrder, String metadata) {
        return new Interaction("u", "ORDER", 2002, 101, T, subOrder, metadata);
    }

    private static String text(Interaction interaction) {
        return new String(HotMembers.event(interaction), StandardCharsets.UTF_8);
    }
}
