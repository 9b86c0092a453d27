package io.dhara.flink.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.flink.feature.FeatureRow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.catalog.UniqueConstraint;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.types.RowKind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RetractingWriterTest {
    private static final SinkWriter.Context CONTEXT =
            new SinkWriter.Context() {
                @Override
                public long currentWatermark() {
                    return 0;
                }

                @Override
                public @Nullable Long timestamp() {
                    return null;
                }
            };

    private final List<FeatureRow> written = new ArrayList<>();
    private final ManualTimers timers = new ManualTimers();
    private final RetractingWriter writer =
            new RetractingWriter(new RecordingWriter(), reader(), timers);
    private int flushes;

    private final class RecordingWriter implements SinkWriter<FeatureRow> {
        @Override
        public void write(FeatureRow row, Context context) {
            written.add(row);
        }

        @Override
        public void flush(boolean endOfInput) {
            flushes++;
        }

        @Override
        public void close() {}
    }

    /** At most one timer, fired by hand. */
    private static final class ManualTimers implements ProcessingTimeService {
        private long now = 10_000;
        private long dueMillis;
        private @Nullable ProcessingTimeCallback callback;

        @Override
        public long getCurrentProcessingTime() {
            return now;
        }

        @Override
        public @Nullable ScheduledFuture<?> registerTimer(
                long timestamp, ProcessingTimeCallback target) {
            assertThat(callback).as("a timer that is set").isNull();
            dueMillis = timestamp;
            callback = target;
            return null;
        }

        void advanceTo(long millis) throws Exception {
            now = millis;
            ProcessingTimeCallback due = callback;
            if (due != null && dueMillis <= now) {
                callback = null;
                due.onProcessingTime(dueMillis);
            }
        }
    }

    private static RowReader reader() {
        ResolvedSchema schema =
                new ResolvedSchema(
                        List.of(
                                Column.physical("k", DataTypes.STRING().notNull()),
                                Column.physical("f", DataTypes.INT()),
                                Column.physical("event_time", DataTypes.BIGINT())),
                        List.of(),
                        UniqueConstraint.primaryKey("pk", List.of("k")),
                        List.of());
        return new RowReader(FeatureColumns.of(schema, "event_time"), List.of("k"));
    }

    private void write(RowKind kind, String key, int value, long time) throws Exception {
        RowData row = GenericRowData.ofKind(kind, StringData.fromString(key), value, time);
        writer.write(row, CONTEXT);
    }

    private static FeatureRow row(String key, @Nullable Integer value, long time) {
        return new FeatureRow(List.of(key), time, Collections.singletonList(value));
    }

    @Test
    void update_withRowsOfOthersInBetween_isOneRow() throws Exception {
        write(RowKind.UPDATE_BEFORE, "a", 1, 5);
        write(RowKind.DELETE, "b", 2, 5);
        write(RowKind.UPDATE_AFTER, "a", 3, 6);
        write(RowKind.INSERT, "b", 4, 6);
        timers.advanceTo(20_000);
        writer.flush(false);

        assertThat(written).containsExactly(row("a", 3, 6), row("b", 4, 6));
    }

    @Test
    void retraction_thatNothingFollows_isAResetWhenItsTimeIsUp() throws Exception {
        write(RowKind.DELETE, "a", 1, 5);
        timers.advanceTo(10_500);
        write(RowKind.UPDATE_BEFORE, "b", 2, 7);
        timers.advanceTo(10_999);
        assertThat(written).isEmpty();

        timers.advanceTo(11_000);
        assertThat(written).containsExactly(row("a", null, 5));
        timers.advanceTo(11_500);
        assertThat(written).containsExactly(row("a", null, 5), row("b", null, 7));
    }

    @Test
    void checkpoint_leavesNoRetractionBehind() throws Exception {
        write(RowKind.DELETE, "a", 1, 5);
        writer.flush(false);

        assertThat(written).containsExactly(row("a", null, 5));
        assertThat(flushes).isEqualTo(1);
    }

    @Test
    void retractionsOfManyKeys_areBounded() throws Exception {
        for (int i = 0; i <= RetractingWriter.MAX_WAITING; i++) {
            write(RowKind.DELETE, "k" + i, 1, 5);
        }

        assertThat(written).containsExactly(row("k0", null, 5));
    }
}
