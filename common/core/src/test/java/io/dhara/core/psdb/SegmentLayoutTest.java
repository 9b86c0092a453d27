package io.dhara.core.psdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SegmentLayoutTest {
    private static final SegmentLayout LAYOUT =
            new SegmentLayout(List.of("seg_2", "seg_9", "seg_10"), 1024);

    @Test
    void block_overThreeColumns_liesInStringOrder() {
        byte[] padded = new byte[2510];
        new Random(1).nextBytes(padded);
        assertThat(LAYOUT.columns()).containsExactly("seg_10", "seg_2", "seg_9");
        ByteBuffer[] chunks = LAYOUT.split(padded, 5, 2500);
        assertThat(chunks[0]).isEqualTo(ByteBuffer.wrap(padded, 5, 1024));
        assertThat(chunks[1]).isEqualTo(ByteBuffer.wrap(padded, 5 + 1024, 1024));
        assertThat(chunks[2]).isEqualTo(ByteBuffer.wrap(padded, 5 + 2048, 452));
        assertThat(SegmentLayout.join(Arrays.asList(chunks)))
                .isEqualTo(Arrays.copyOfRange(padded, 5, 2505));
        assertThat(chunks[0].remaining()).isEqualTo(1024);
    }

    @Test
    void b14_shortBlock_fillsEveryColumnSoThatNoTailStays() {
        ByteBuffer[] chunks = LAYOUT.split(new byte[10], 0, 10);
        assertThat(chunks).hasSize(3);
        assertThat(chunks[0].remaining()).isEqualTo(10);
        assertThat(chunks[1].remaining()).isZero();
        assertThat(chunks[2].remaining()).isZero();
    }

    @Test
    void b3_blockLongerThanItsSegments_isRefused() {
        assertThat(LAYOUT.split(new byte[3072], 0, 3072)[2].remaining()).isEqualTo(1024);
        assertThatThrownBy(() -> LAYOUT.split(new byte[3073], 0, 3073))
                .isInstanceOf(BlockRefusedException.class)
                .hasMessageContaining("3073 bytes")
                .hasMessageContaining("hold 3072")
                .hasMessageContaining("add a segment column");
    }

    @Test
    void chunks_allNullOrEmpty_areNoBlock() {
        assertThat(SegmentLayout.join(Arrays.asList(null, ByteBuffer.allocate(0)))).isNull();
        assertThat(SegmentLayout.join(Arrays.asList(ByteBuffer.wrap(new byte[] {1}), null)))
                .containsExactly(1);
    }

    @Test
    void layout_withoutColumnsOrSize_isRefused() {
        assertThatThrownBy(() -> new SegmentLayout(List.of(), 1024))
                .hasMessageContaining("at least one segment");
        assertThatThrownBy(() -> new SegmentLayout(List.of("seg_0"), 0))
                .hasMessageContaining("max-column-size-in-bytes must be positive: got 0");
    }
}
