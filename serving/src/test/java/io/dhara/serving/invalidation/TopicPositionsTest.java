package io.dhara.serving.invalidation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicPositionsTest {

    @Test
    void text_parsed_givesTheSamePositions() {
        TopicPositions positions = new TopicPositions(Map.of(3, 7L, 0, 15L));

        assertThat(positions).hasToString("0:15,3:7");
        assertThat(TopicPositions.parse("x", "0:15,3:7")).isEqualTo(positions);
    }

    @Test
    void parse_partitionTwice_keepsTheLaterOffset() {
        assertThat(TopicPositions.parse("x", "1:9, 1:4")).hasToString("1:9");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", ":", "1:", ":1", "a:1", "1:-1", "-1:1", "1:1,", "1:2:3"})
    void parse_anythingElse_isRefusedByName(String text) {
        assertThatThrownBy(() -> TopicPositions.parse("dhara-read-after", text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("dhara-read-after must be")
                .hasMessageEndingWith("got \"" + text + "\"");
    }
}
