package io.dhara.stores.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.EntityKey;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ScyllaKeysTest {
    @Test
    void problem_keysTheServerTakes_isEmpty() {
        assertThat(problem("u1")).isEmpty();
        assertThat(problem("", "")).isEmpty();
        assertThat(problem("x".repeat(65_535))).isEmpty();
        assertThat(problem("ü".repeat(32_767))).isEmpty();
    }

    @Test
    void problem_emptyOrTooLongKeys_namesTheLimit() {
        assertThat(problem("")).contains("user", "empty");
        assertThat(problem("a", "x".repeat(65_536))).contains("1", "65535");
        assertThat(problem("ü".repeat(32_768))).contains("65535");
    }

    private static String problem(String... values) {
        return ScyllaKeys.problem(new EntityKey("user", List.of(values)));
    }
}
