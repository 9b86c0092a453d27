package io.dhara.realtime.domain.tile;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.realtime.domain.bytes.ByteReader;
import io.dhara.realtime.domain.bytes.ByteWriter;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class IndexSetTest {

    @Test
    void randomChanges_equalATreeSet_alsoAsBytes() {
        Random random = new Random(3);
        for (int round = 0; round < 200; round++) {
            IndexSet set = new IndexSet();
            TreeSet<Long> expected = new TreeSet<>();
            long newest = random.nextInt(1_000) - 500;
            for (int i = 0; i < 300; i++) {
                if (!expected.isEmpty() && random.nextInt(3) == 0) {
                    assertThat(set.removeFirst()).isEqualTo(expected.pollFirst());
                } else {
                    newest += random.nextInt(3);
                    long number = random.nextInt(4) == 0 ? newest - random.nextInt(20) : newest;
                    set.add(number);
                    expected.add(number);
                }
                long asked = newest - random.nextInt(30);
                Long next = expected.ceiling(asked);
                assertThat(set.next(asked)).isEqualTo(next == null ? IndexSet.NONE : next);
                assertThat(set.contains(asked)).isEqualTo(expected.contains(asked));
                assertThat(set.size()).isEqualTo(expected.size());
            }
            ByteWriter out = new ByteWriter();
            set.write(out);
            IndexSet read = IndexSet.read(new ByteReader(out.toBytes()), 300);
            while (!set.isEmpty()) {
                assertThat(read.first()).isEqualTo(set.first());
                assertThat(read.last()).isEqualTo(set.last());
                read.removeFirst();
                set.removeFirst();
            }
            assertThat(read.isEmpty()).isTrue();
        }
    }
}
