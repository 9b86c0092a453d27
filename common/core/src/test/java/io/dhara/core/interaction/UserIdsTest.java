package io.dhara.core.interaction;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserIdsTest {
    @ParameterizedTest
    @CsvSource({
        "'u1', 'a9', 'u1'",
        "' u1\t', 'a9', 'u1'",
        "'', ' a9 ', 'a9'",
        "' -1 ', 'a9', 'a9'",
        "'-1', '-1', ''",
        "'', '', ''",
        "'a b', '', 'a b'",
        "'-2', '', '-2'",
    })
    void choose_user_elseAnonymous_elseNobody(String user, String anonymous, String chosen) {
        assertThat(UserIds.choose(user, anonymous)).isEqualTo(chosen);
    }

    @Test
    void choose_spacesOfUnicode_areTrimmed_asGoDoes() {
        assertThat(UserIds.choose("\u00a0u1\u2003\u0085", "")).isEqualTo("u1");
    }

    @Test
    void ofOrder_notPositive_isNobody() {
        assertThat(UserIds.ofOrder(42)).isEqualTo("42");
        assertThat(UserIds.ofOrder(0)).isEmpty();
        assertThat(UserIds.ofOrder(-1)).isEmpty();
    }
}
