package io.dhara.core.hash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Murmur3Test {

    /** Vectors of the reference implementation. */
    @Test
    void hash32_knownTexts_equalsTheReference() {
        assertThat(Murmur3.hash32("")).isZero();
        assertThat(Murmur3.hash32(new byte[0], 1)).isEqualTo(0x514e28b7);
        assertThat(Murmur3.hash32(new byte[] {0x21, 0x43, 0x65, (byte) 0x87}, 0))
                .isEqualTo(0xf55b516b);
        assertThat(Murmur3.hash32(new byte[] {0x21, 0x43, 0x65}, 0)).isEqualTo(0x7e4a8634);
        assertThat(Murmur3.hash32(new byte[] {0x21}, 0)).isEqualTo(0x72661cf4);
        assertThat(Murmur3.hash32("Hello, world!".getBytes(StandardCharsets.US_ASCII), 0x9747b28c))
                .isEqualTo(0x24884cba);
        assertThat(
                        Murmur3.hash32(
                                "The quick brown fox jumps over the lazy dog"
                                        .getBytes(StandardCharsets.US_ASCII),
                                0x9747b28c))
                .isEqualTo(0x2fa826cd);
    }

    @Test
    void percentile_manyTexts_spreadsThemEvenly() {
        int below = 0;
        for (int i = 0; i < 100_000; i++) {
            int percentile = Murmur3.percentile("request-" + i);
            assertThat(percentile).isBetween(0, 99);
            below += percentile < 30 ? 1 : 0;
        }
        assertThat(below).isBetween(29_000, 31_000);
    }
}
