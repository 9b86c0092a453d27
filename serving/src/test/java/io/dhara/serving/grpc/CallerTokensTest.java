package io.dhara.serving.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class CallerTokensTest {
    /** {@code printf abc | sha256sum} */
    private static final String SHA256_OF_ABC =
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    private final AtomicReference<Map<String, String>> registry =
            new AtomicReference<>(
                    Map.of(
                            "plain", "abc",
                            "hashed", "sha256:" + SHA256_OF_ABC,
                            "broken", "sha256:zz",
                            "short", "sha256:ba78"));
    private final CallerTokens tokens = new CallerTokens(registry::get);

    @Test
    void b68_hashedToken_isMatchedByTheTextItIsTheHashOf() {
        assertThat(tokens.matches("hashed", "abc")).isTrue();
        assertThat(tokens.matches("hashed", "abd")).isFalse();
        assertThat(tokens.matches("hashed", "sha256:" + SHA256_OF_ABC)).isFalse();
        assertThat(tokens.matches("hashed", SHA256_OF_ABC)).isFalse();
    }

    @Test
    void plainToken_onlyTheWholeText_matches() {
        assertThat(tokens.matches("plain", "abc")).isTrue();
        assertThat(tokens.matches("plain", "ab")).isFalse();
        assertThat(tokens.matches("plain", "abcd")).isFalse();
        assertThat(tokens.matches("plain", "")).isFalse();
    }

    @Test
    void unknownOrBrokenEntry_letsNobodyIn() {
        assertThat(tokens.matches("nobody", "")).isFalse();
        assertThat(tokens.matches("broken", "zz")).isFalse();
        assertThat(tokens.matches("broken", "sha256:zz")).isFalse();
        assertThat(tokens.matches("short", "abc")).isFalse();
    }

    @Test
    void changedRegistry_countsFromTheNextCall() {
        assertThat(tokens.matches("plain", "abc")).isTrue();

        registry.set(Map.of("plain", "new"));

        assertThat(tokens.matches("plain", "abc")).isFalse();
        assertThat(tokens.matches("plain", "new")).isTrue();
        assertThat(tokens.isKnown("hashed")).isFalse();
    }
}
