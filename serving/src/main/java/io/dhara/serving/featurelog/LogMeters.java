package io.dhara.serving.featurelog;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What became of the rows that were to be logged; each row is counted once. */
final class LogMeters {
    /** Where a row ended. */
    enum End {
        /** Kafka has it. */
        DELIVERED,
        /** There was no room in the queue: the log is slower than the answers. */
        DROPPED_QUEUE,
        /** Kafka has not taken it in time, or refused it. */
        DROPPED_KAFKA,
        /** It could not be encoded: a defect, and in the log. */
        DROPPED_DEFECT,
        /** There is no topic. */
        DROPPED_OFF
    }

    private final Map<End, Counter> rows = new EnumMap<>(End.class);
    private final Counter tooLong;

    LogMeters(MeterRegistry meters) {
        for (End end : End.values()) {
            rows.put(
                    end,
                    Counter.builder("dhara.inferflow.log.rows")
                            .description("rows of the feature log by what became of them")
                            .tag("end", end.name().toLowerCase(Locale.ROOT))
                            .register(meters));
        }
        tooLong =
                Counter.builder("dhara.inferflow.log.cells.too.long")
                        .description("cells logged as absent because they exceed 65,535 bytes")
                        .register(meters);
    }

    void ended(End end, int count) {
        rows.get(end).increment(count);
    }

    void tooLong(long cells) {
        if (cells > 0) {
            tooLong.increment(cells);
        }
    }
}
