package io.dhara.serving.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PathTemplateTest {
    private static final PathTemplate LAST = PathTemplate.of("/v1/interactions/{user}/{type}/last");

    private static Map<String, String> match(String path) {
        return LAST.match(PathTemplate.split(path));
    }

    @Test
    void match_values_areDecodedAfterTheSplit() {
        assertThat(match("/v1/interactions/a%2Fb%20+%C3%A4/CLICK/last"))
                .isEqualTo(Map.of("user", "a/b +ä", "type", "CLICK"));
    }

    @Test
    void match_otherPaths_areNone() {
        for (String other :
                List.of(
                        "/v1/interactions/u1/CLICK/last/",
                        "/v1/interactions/u1/CLICK",
                        "/v1/interactions//CLICK/last",
                        "/v1/interactions/u1/CLICK/Last",
                        "/v1%2Finteractions/u1/CLICK/last")) {
            assertThat(match(other)).as(other).isNull();
        }
    }

    @Test
    void match_brokenEscape_isRefused() {
        assertThatThrownBy(() -> match("/v1/interactions/%zz/CLICK/last"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
