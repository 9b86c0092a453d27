package io.dhara.ingest.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.EntityKey;
import io.dhara.flink.sink.PendingWrite;
import io.dhara.flink.sink.PendingWriteSerializer;
import io.dhara.flink.sink.WaitUnit;
import io.dhara.flink.source.SourcePosition;
import io.dhara.ingest.domain.WriteTime;
import io.dhara.stores.write.BlockWrite;
import java.time.Duration;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class CombineOperatorTest {
    private static final long EVENT = 1_700_000_000_000L;
    private static final CombineLimits LIMITS =
            new CombineLimits(Duration.ofMillis(50), 3, 100_000, 100);

    private static OneInputStreamOperatorTestHarness<PendingWrite, PendingWrite> harness(
            CombineLimits limits) throws Exception {
        return new OneInputStreamOperatorTestHarness<>(
                new CombineOperator(limits), new PendingWriteSerializer());
    }

    private static PendingWrite write(String key, long event, long offset, String... waits) {
        return new PendingWrite(
                new BlockWrite(
                        new EntityKey("user", List.of(key)),
                        "g",
                        0,
                        "1",
                        WriteTime.natural(event, offset),
                        0,
                        new byte[] {(byte) offset}),
                new SourcePosition("t", 0, offset),
                java.util.Arrays.stream(waits).map(id -> new WaitUnit(id, 0, 1)).toList());
    }

    private static List<Long> times(
            OneInputStreamOperatorTestHarness<PendingWrite, PendingWrite> harness) {
        return harness.extractOutputValues().stream()
                .map(w -> w.write().writeTimeMicros() - EVENT * 1000)
                .toList();
    }

    @Test
    void interval_handsOnTheNewestOfEachKey() throws Exception {
        try (var harness = harness(LIMITS)) {
            harness.open();
            harness.setProcessingTime(1000);
            harness.processElement(write("first", EVENT, 1), 0);
            harness.setProcessingTime(1001);
            assertThat(times(harness)).as("after a pause at once").containsExactly(1L);
            harness.getOutput().clear();
            harness.processElement(write("u", EVENT, 5, "a"), 0);
            harness.processElement(write("u", EVENT, 6, "b"), 0);
            harness.processElement(write("u", EVENT - 1, 7, "c"), 0);
            harness.processElement(write("w", EVENT, 8), 0);
            harness.setProcessingTime(1050);
            assertThat(harness.extractOutputValues()).isEmpty();
            harness.setProcessingTime(1051);
            assertThat(times(harness)).containsExactly(6L, 8L);
            assertThat(harness.extractOutputValues().get(0).waits())
                    .extracting(WaitUnit::requestId)
                    .containsExactly("a", "b", "c");
        }
    }

    @Test
    void nextInterval_startsWithTheLastFlush() throws Exception {
        try (var harness = harness(LIMITS)) {
            harness.open();
            harness.setProcessingTime(500);
            harness.processElement(write("u", EVENT, 1), 0);
            harness.setProcessingTime(501);
            harness.setProcessingTime(540);
            harness.processElement(write("u", EVENT, 2), 0);
            harness.setProcessingTime(550);
            assertThat(times(harness)).containsExactly(1L);
            harness.setProcessingTime(551);
            assertThat(times(harness)).containsExactly(1L, 2L);
        }
    }

    @Test
    void count_boundsWhatIsHeld() throws Exception {
        try (var harness = harness(LIMITS)) {
            harness.open();
            harness.processElement(write("a", EVENT, 1), 0);
            harness.processElement(write("b", EVENT, 2), 0);
            assertThat(times(harness)).isEmpty();
            harness.processElement(write("c", EVENT, 3), 0);
            assertThat(times(harness)).containsExactly(1L, 2L, 3L);
        }
    }

    @Test
    void bytes_boundWhatIsHeld() throws Exception {
        try (var harness = harness(new CombineLimits(Duration.ofSeconds(1), 1000, 600, 100))) {
            harness.open();
            harness.processElement(write("a", EVENT, 1), 0);
            harness.processElement(write("a", EVENT, 2), 0);
            assertThat(times(harness)).isEmpty();
            harness.processElement(write("a", EVENT, 3, "r", "s"), 0);
            assertThat(times(harness)).containsExactly(3L);
        }
    }

    @Test
    void checkpoint_holdsNoWrite_onlyTies() throws Exception {
        OperatorSubtaskState state;
        try (var harness = harness(LIMITS)) {
            harness.open();
            harness.processElement(write("u", EVENT, 899), 0);
            harness.prepareSnapshotPreBarrier(1);
            assertThat(times(harness)).containsExactly(899L);
            state = harness.snapshot(1, 1);
        }
        try (var harness = harness(LIMITS)) {
            harness.initializeState(state);
            harness.open();
            harness.endInput();
            assertThat(times(harness)).isEmpty();
            harness.processElement(write("u", EVENT, 900), 0);
            harness.endInput();
            assertThat(times(harness))
                    .as("ordered after the one before the restart")
                    .containsExactly(900L);
        }
    }

    @Test
    void endOfInput_flushes() throws Exception {
        try (var harness = harness(LIMITS)) {
            harness.open();
            harness.processElement(write("u", EVENT, 3), 0);
            harness.endInput();
            assertThat(times(harness)).containsExactly(3L);
        }
    }

    @Test
    void combinedWrites_areCounted() throws Exception {
        try (var harness = harness(LIMITS)) {
            harness.open();
            harness.processElement(write("u", EVENT, 3), 0);
            harness.processElement(write("u", EVENT, 4), 0);
            harness.processElement(write("u", EVENT, 4), 0);
            harness.endInput();
            assertThat(times(harness)).containsExactly(4L);
        }
    }
}
