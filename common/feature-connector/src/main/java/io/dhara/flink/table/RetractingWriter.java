package io.dhara.flink.table;

import io.dhara.flink.feature.FeatureRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.RowKind;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows of Flink SQL, and resets the features of keys that leave a query's result.
 *
 * <p>Flink tells of an update as a retraction and a new row behind it, with rows of other keys
 * between them; only a retraction that nothing follows means that a key has left. So a retraction
 * waits for {@link #PATIENCE_MILLIS}, or for a checkpoint, before it is written as a row of nulls:
 * of the retracted row's event time, which wins because it is behind it in the topic.
 */
final class RetractingWriter implements SinkWriter<RowData> {
    /** How long the new row of an update may be behind the old one. */
    static final long PATIENCE_MILLIS = 1_000;

    /** Retractions that wait, at most; the oldest is then not waited for. */
    static final int MAX_WAITING = 100_000;

    private static final Context NO_CONTEXT =
            new Context() {
                @Override
                public long currentWatermark() {
                    return Long.MIN_VALUE;
                }

                @Override
                public @Nullable Long timestamp() {
                    return null;
                }
            };

    private final SinkWriter<FeatureRow> rows;
    private final RowReader reader;
    private final ProcessingTimeService time;
    private final Map<List<String>, Waiting> waiting = new LinkedHashMap<>();
    private boolean timerSet;

    private record Waiting(FeatureRow reset, long dueMillis) {}

    RetractingWriter(SinkWriter<FeatureRow> rows, RowReader reader, ProcessingTimeService time) {
        this.rows = rows;
        this.reader = reader;
        this.time = time;
    }

    @Override
    public void write(RowData row, Context context) throws IOException, InterruptedException {
        FeatureRow features = reader.read(row);
        // Removed first, so that the map stays in the order of the retractions.
        waiting.remove(features.key());
        RowKind kind = row.getRowKind();
        if (kind == RowKind.INSERT || kind == RowKind.UPDATE_AFTER) {
            rows.write(features, context);
            return;
        }
        waiting.put(
                features.key(),
                new Waiting(reset(features), time.getCurrentProcessingTime() + PATIENCE_MILLIS));
        if (waiting.size() > MAX_WAITING) {
            writeFirst();
        }
        setTimer();
    }

    private static FeatureRow reset(FeatureRow row) {
        List<@Nullable Object> nulls = new ArrayList<>();
        row.values().forEach(value -> nulls.add(null));
        return new FeatureRow(row.key(), row.eventTimeMillis(), nulls);
    }

    private void setTimer() {
        if (!timerSet && !waiting.isEmpty()) {
            timerSet = true;
            time.registerTimer(
                    waiting.values().iterator().next().dueMillis(),
                    now -> {
                        timerSet = false;
                        writeDue(now);
                        setTimer();
                    });
        }
    }

    private void writeDue(long now) throws IOException, InterruptedException {
        while (!waiting.isEmpty() && waiting.values().iterator().next().dueMillis() <= now) {
            writeFirst();
        }
    }

    private void writeFirst() throws IOException, InterruptedException {
        Iterator<Waiting> first = waiting.values().iterator();
        FeatureRow reset = first.next().reset();
        first.remove();
        rows.write(reset, NO_CONTEXT);
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
        while (!waiting.isEmpty()) {
            writeFirst();
        }
        rows.flush(endOfInput);
    }

    @Override
    public void close() throws Exception {
        rows.close();
    }
}
