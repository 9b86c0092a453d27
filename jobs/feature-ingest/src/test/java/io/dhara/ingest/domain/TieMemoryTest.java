package io.dhara.ingest.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.EntityKey;
import io.dhara.flink.source.SourcePosition;
import io.dhara.stores.write.BlockWrite;
import java.util.List;
import org.junit.jupiter.api.Test;

class TieMemoryTest {
    private static final long EVENT = 1_700_000_000_123L;

    private final TieMemory ties = new TieMemory(2);

    private static int slot(TieMemory memory, String key, int partition, long event, long offset) {
        BlockWrite write =
                new BlockWrite(
                        new EntityKey("user", List.of(key)),
                        "g",
                        0,
                        "1",
                        WriteTime.natural(event, offset),
                        0,
                        new byte[0]);
        BlockWrite ordered = memory.order(write, new SourcePosition("t", partition, offset));
        assertThat(WriteTime.eventMillis(ordered.writeTimeMicros())).isEqualTo(event);
        return (int) (ordered.writeTimeMicros() - event * 1000);
    }

    private int slot(long event, long offset) {
        return slot(ties, "u", 0, event, offset);
    }

    @Test
    void writeTime_isEventTimeAndOffset() {
        assertThat(WriteTime.natural(EVENT, 7)).isEqualTo(EVENT * 1000 + 7);
        assertThat(WriteTime.natural(EVENT, 1807)).isEqualTo(EVENT * 1000 + 7);
        assertThat(WriteTime.natural(EVENT, 899)).isEqualTo(EVENT * 1000 + 899);
        assertThat(WriteTime.eventMillis(EVENT * 1000 + 999)).isEqualTo(EVENT);
    }

    @Test
    void ties_withoutWrap_keepTheirNaturalSlot() {
        assertThat(slot(EVENT, 10)).isEqualTo(10);
        assertThat(slot(EVENT, 11)).isEqualTo(11);
        assertThat(slot(EVENT, 700)).isEqualTo(700);
    }

    @Test
    void ties_acrossWraps_keepRising() {
        assertThat(slot(EVENT, 898)).isEqualTo(898);
        assertThat(slot(EVENT, 899)).isEqualTo(899);
        assertThat(slot(EVENT, 900)).isEqualTo(900);
        assertThat(slot(EVENT, 1799)).isEqualTo(901);
        assertThat(slot(EVENT, 1800)).isEqualTo(902);
        assertThat(slot(EVENT, 90_000)).isEqualTo(903);
    }

    @Test
    void ties_pastTheLastSlot_stayThere() {
        slot(EVENT, 899);
        for (int i = 0; i < 100; i++) {
            assertThat(slot(EVENT, 900 + i)).isEqualTo(900 + i);
        }
        assertThat(slot(EVENT, 1000)).isEqualTo(999);
    }

    @Test
    void sameRecordAgain_getsTheSameSlot() {
        slot(EVENT, 899);
        assertThat(slot(EVENT, 900)).isEqualTo(900);
        assertThat(slot(EVENT, 900)).isEqualTo(900);
    }

    @Test
    void olderEventBetween_doesNotBreakTheTie() {
        slot(EVENT, 899);
        assertThat(slot(EVENT - 1, 900)).isZero();
        assertThat(slot(EVENT, 901)).isEqualTo(900);
    }

    @Test
    void otherKeysAndPartitions_areNoTie() {
        slot(EVENT, 899);
        assertThat(slot(ties, "w", 0, EVENT, 900)).isZero();
        assertThat(slot(ties, "u", 1, EVENT, 900)).isZero();
    }

    @Test
    void memory_isBoundedAndForgetsTheLeastRecent() {
        slot(ties, "a", 0, EVENT, 899);
        slot(ties, "b", 0, EVENT, 899);
        slot(ties, "a", 0, EVENT, 899);
        slot(ties, "c", 0, EVENT, 899);
        assertThat(ties.snapshot())
                .extracting(tie -> tie.key().values().get(0))
                .containsExactly("a", "c");
    }

    @Test
    void restored_continuesWithTheSameSlots() {
        slot(EVENT, 899);
        TieMemory restored = new TieMemory(2);
        ties.snapshot().forEach(restored::remember);
        assertThat(slot(restored, "u", 0, EVENT, 900)).isEqualTo(900);
        assertThat(slot(EVENT, 900)).isEqualTo(900);
    }
}
