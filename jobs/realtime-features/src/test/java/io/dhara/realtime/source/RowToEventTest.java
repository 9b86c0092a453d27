package io.dhara.realtime.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.flink.source.PartitionWatermarks;
import io.dhara.realtime.domain.event.FeatureEvent;
import io.dhara.realtime.domain.event.FieldType;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Test;

class RowToEventTest {
    private static final long NOW = 1_800_000_000_000L;

    @Test
    void row_everyNumberOfSql_isWidened() throws Exception {
        assertThat(
                        events(
                                Row.of((byte) 1, 2, new BigDecimal("0.5"), "a", true, at(NOW)),
                                Row.of((short) 3, 4.0f, 5L, null, null, at(NOW - 1))))
                .containsExactly(
                        new FeatureEvent(NOW, List.of(1L, 2.0, 0.5, "a", true)),
                        new FeatureEvent(NOW - 1, Arrays.asList(3L, 4.0, 5.0, null, null)));
    }

    @Test
    void row_timeThatCannotBe_isNoEvent() throws Exception {
        assertThat(
                        events(
                                Row.of(1L, 1.0, 1.0, "a", true, null),
                                Row.of(1L, 1.0, 1.0, "a", true, at(-1)),
                                Row.of(1L, 1.0, 1.0, "a", true, Instant.MAX),
                                Row.of(1L, 1.0, 1.0, "a", true, at(NOW + 60_001)),
                                Row.of(1L, 1.0, 1.0, "a", true, at(NOW + 60_000)),
                                Row.of(1L, 1.0, 1.0, "a", true, at(0))))
                .extracting(FeatureEvent::eventTimeMillis)
                .containsExactly(NOW + 60_000, 0L);
    }

    private static Instant at(long millis) {
        return Instant.ofEpochMilli(millis);
    }

    @Test
    void row_withATimeThatCannotBe_isPutAside() throws Exception {
        try (OneInputStreamOperatorTestHarness<Row, FeatureEvent> harness = harness()) {
            harness.processElement(Row.of(1L, 1.0, 1.0, "null", true, null), 0);
            harness.processElement(Row.of(1L, 1.0, 1.0, "before", true, at(-1)), 0);
            harness.processElement(Row.of(1L, 1.0, 1.0, "max", true, Instant.MAX), 0);
            harness.processElement(Row.of(1L, 1.0, 1.0, "ahead", true, at(NOW + 60_001)), 0);
            harness.processElement(Row.of(1L, 1.0, 1.0, "good", true, at(NOW)), 0);

            assertThat(harness.getSideOutput(RowToEvent.UNTIMELY))
                    .extracting(record -> record.getValue())
                    .containsExactly(
                            aside(PartitionWatermarks.NO_TIME, "null"),
                            aside(PartitionWatermarks.NO_TIME, "before"),
                            aside(Long.MAX_VALUE, "max"),
                            aside(NOW + 60_001, "ahead"));
        }
    }

    private static FeatureEvent aside(long millis, String text) {
        return new FeatureEvent(millis, List.of(1L, 1.0, 1.0, text, true));
    }

    private static List<FeatureEvent> events(Row... rows) throws Exception {
        try (OneInputStreamOperatorTestHarness<Row, FeatureEvent> harness = harness()) {
            for (Row row : rows) {
                harness.processElement(row, 0);
            }
            return harness.extractOutputValues();
        }
    }

    private static OneInputStreamOperatorTestHarness<Row, FeatureEvent> harness() throws Exception {
        RowToEvent function =
                new RowToEvent(
                        List.of(
                                FieldType.INT64,
                                FieldType.DOUBLE,
                                FieldType.DOUBLE,
                                FieldType.STRING,
                                FieldType.BOOLEAN),
                        Duration.ofMinutes(1),
                        () -> NOW);
        OneInputStreamOperatorTestHarness<Row, FeatureEvent> harness =
                new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(function));
        harness.open();
        return harness;
    }
}
