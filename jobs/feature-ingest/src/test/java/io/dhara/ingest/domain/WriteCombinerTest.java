package io.dhara.ingest.domain;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.EntityKey;
import io.dhara.flink.sink.PendingWrite;
import io.dhara.flink.sink.WaitUnit;
import io.dhara.flink.source.SourcePosition;
import io.dhara.stores.write.BlockWrite;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WriteCombinerTest {
    private final WriteCombiner combiner = new WriteCombiner();

    private static PendingWrite write(
            String key, int group, long time, int value, String... waits) {
        List<WaitUnit> units = new ArrayList<>();
        for (String wait : waits) {
            units.add(new WaitUnit(wait, 0, 1));
        }
        return new PendingWrite(
                new BlockWrite(
                        new EntityKey("user", List.of(key)),
                        "g" + group,
                        group,
                        "1",
                        time,
                        0,
                        new byte[] {(byte) value}),
                SourcePosition.NONE,
                units);
    }

    private List<PendingWrite> drained() {
        List<PendingWrite> writes = new ArrayList<>();
        combiner.drain(writes::add);
        return writes;
    }

    @Test
    void newest_survivesWithTheWaitsOfAll() {
        assertThat(combiner.add(write("u", 0, 5, 1, "a"))).isFalse();
        assertThat(combiner.add(write("u", 0, 9, 2, "b"))).isTrue();
        assertThat(combiner.add(write("u", 0, 7, 3, "c"))).isTrue();
        PendingWrite survivor = drained().get(0);
        assertThat(survivor.write().writeTimeMicros()).isEqualTo(9);
        assertThat(survivor.waits()).extracting(WaitUnit::requestId).containsExactly("a", "b", "c");
        assertThat(drained()).isEmpty();
    }

    @Test
    void otherKeysAndGroups_areKeptApart() {
        combiner.add(write("u", 0, 5, 1));
        combiner.add(write("u", 1, 5, 1));
        combiner.add(write("w", 0, 5, 1));
        assertThat(combiner.size()).isEqualTo(3);
        assertThat(drained()).hasSize(3);
        assertThat(combiner.size()).isZero();
        assertThat(combiner.bytes()).isZero();
    }

    @Test
    void equalWriteTimes_keepTheGreaterBlock_inAnyOrder() {
        combiner.add(write("u", 0, 5, 0x7f));
        combiner.add(write("u", 0, 5, 0x80));
        combiner.add(write("w", 0, 5, 0x80));
        combiner.add(write("w", 0, 5, 0x7f));
        assertThat(drained())
                .allSatisfy(w -> assertThat(w.write().block()).containsExactly((byte) 0x80));
    }

    @Test
    void bytes_growWithBlocksAndWaits() {
        combiner.add(write("u", 0, 5, 1));
        long one = combiner.bytes();
        combiner.add(write("u", 0, 6, 1, "a", "b"));
        assertThat(combiner.bytes()).isGreaterThan(one);
    }
}
