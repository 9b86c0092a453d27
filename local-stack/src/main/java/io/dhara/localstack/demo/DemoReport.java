package io.dhara.localstack.demo;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.dhara.localstack.StackEndpoints;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What a demo did. Rows count one entity key x one feature group; a line of the input that is no
 * event counts as one row in and one rejected. Written, combined, rejected and expired are the
 * job's own figures (its metrics in Flink) plus those lines; {@code checks} holds them against what
 * was sent.
 */
@JsonPropertyOrder({
    "ok",
    "source",
    "events_in",
    "rows_in",
    "rows_written",
    "combined",
    "rejected",
    "expired"
})
public record DemoReport(
        boolean ok,
        String source,
        @JsonProperty("events_in") long eventsIn,
        @JsonProperty("rows_in") long rowsIn,
        @JsonProperty("rows_written") Map<String, Long> rowsWritten,
        long combined,
        long rejected,
        long expired,
        @JsonProperty("rejected_by_reason") Map<String, Long> rejectedByReason,
        @JsonProperty("invalid_lines") List<String> invalidLines,
        Sent sent,
        List<Check> checks,
        @JsonProperty("job_failures") List<String> jobFailures,
        @JsonProperty("checked_keys") long checkedKeys,
        @JsonProperty("checked_values") long checkedValues,
        long mismatches,
        @JsonProperty("mismatch_examples") List<String> mismatchExamples,
        @JsonProperty("rows_per_s") long rowsPerSecond,
        @JsonProperty("freshness_ms") Freshness freshness,
        Serving serving,
        @JsonProperty("sessions_opened") long sessionsOpened,
        @JsonProperty("sessions_flushed") long sessionsFlushed,
        @JsonProperty("interactions_cold") long interactionsCold,
        long late,
        Sessions sessions,
        Features features,
        Matrix matrix,
        List<Sample> samples,
        @JsonProperty("duration_s") double durationSeconds,
        Map<String, Double> timings,
        StackEndpoints endpoints) {

    /**
     * Messages put on Kafka, the troubles among them that were put there on purpose, and the rows
     * that were written to measure freshness.
     */
    public record Sent(
            long messages,
            long duplicates,
            long late,
            @JsonProperty("older_schema_version") long olderVersion,
            @JsonProperty("broken_rows") long brokenRows,
            @JsonProperty("past_their_life") long expired,
            @JsonProperty("measuring_rows") long measuringRows) {}

    /** Something that must hold, in words, and whether it did. */
    public record Check(String what, long expected, long actual, boolean ok) {
        static Check equal(String what, long expected, long actual) {
            return new Check(what, expected, actual, expected == actual);
        }
    }

    /** From the hand-over to Kafka until a read over gRPC shows the value, in milliseconds. */
    public record Freshness(long probes, double p50, double p99, double max) {
        static Freshness of(Histogram micros) {
            return new Freshness(
                    micros.getTotalCount(),
                    micros.getValueAtPercentile(50) / 1000.0,
                    micros.getValueAtPercentile(99) / 1000.0,
                    micros.getMaxValue() / 1000.0);
        }
    }

    /**
     * Orders and clicks through the realtime-features jobs of the example definitions; {@code
     * wrong} keys of groups have a value that a plain recount does not give.
     */
    public record Features(
            long orders,
            long clicks,
            long keys,
            long values,
            long wrong,
            List<String> examples,
            @JsonProperty("freshness_ms") Map<String, GroupFreshness> freshness) {
        static Features of(FeaturesPhase.Result result) {
            Map<String, GroupFreshness> freshness = new TreeMap<>();
            result.freshnessMicros()
                    .forEach((group, micros) -> freshness.put(group, GroupFreshness.of(micros)));
            return new Features(
                    result.orders(),
                    result.clicks(),
                    result.keys(),
                    result.values(),
                    result.wrong(),
                    result.examples(),
                    freshness);
        }
    }

    /**
     * Matrices of the example graph, product to category to user x category: {@code wrong} cells
     * are not what was written.
     *
     * @param chained rows whose category led to what the user thinks of it
     */
    public record Matrix(
            String model,
            long requests,
            long rows,
            int columns,
            long cells,
            long chained,
            long wrong,
            List<String> examples,
            @JsonProperty("p50_us") long p50Micros) {
        static Matrix of(MatrixPhase.Result result) {
            return new Matrix(
                    MatrixPhase.MODEL,
                    result.requests(),
                    result.rows(),
                    result.columns(),
                    result.cells(),
                    result.chained(),
                    result.wrong(),
                    result.examples(),
                    result.tookMicros().getValueAtPercentile(50));
        }
    }

    /**
     * From an event handed to Kafka until a read over gRPC shows it, through both jobs, in
     * milliseconds.
     *
     * @param histogram probes by the upper end of their bucket, which is not in it
     */
    public record GroupFreshness(
            long probes, double p50, double p99, double max, Map<Integer, Long> histogram) {
        private static final List<Integer> ENDS =
                List.of(50, 75, 100, 125, 150, 200, 300, 400, 1_000, 60_000);

        static GroupFreshness of(Histogram micros) {
            Map<Integer, Long> histogram = new LinkedHashMap<>();
            long from = 0;
            for (int end : ENDS) {
                long count = micros.getCountBetweenValues(from, end * 1000L - 1);
                from = end * 1000L;
                histogram.put(end, count);
            }
            Freshness all = Freshness.of(micros);
            return new GroupFreshness(all.probes(), all.p50(), all.p99(), all.max(), histogram);
        }
    }

    /** Reads that arrived at a fixed rate, timed from when they were due. */
    public record Serving(
            long requests,
            long failures,
            @JsonProperty("keys_per_request") int keysPerRequest,
            @JsonProperty("requests_per_s") int requestsPerSecond,
            @JsonProperty("p50_us") long p50Micros,
            @JsonProperty("p99_us") long p99Micros,
            @JsonProperty("p999_us") long p999Micros) {}

    /**
     * The events as interactions. Sessions are those of the topic of closed sessions, told apart by
     * id; {@code expected} is a plain recomputation from what was sent.
     */
    public record Sessions(
            @JsonProperty("session_gap_ms") long gapMillis,
            @JsonProperty("interactions_sent") long sent,
            @JsonProperty("interactions_distinct") long distinct,
            long closed,
            long expected,
            long repeated,
            @JsonProperty("users_read_back") long usersReadBack,
            @JsonProperty("users_from_cold_tier") long usersFromCold,
            @JsonProperty("interactions_per_s") long interactionsPerSecond,
            List<String> examples,
            List<VisitMoment> visit) {
        static Sessions of(Duration gap, SessionsPhase.Result result) {
            return new Sessions(
                    gap.toMillis(),
                    result.sent(),
                    result.distinct(),
                    result.closed(),
                    result.expected(),
                    result.repeated(),
                    result.readBack(),
                    result.fromCold(),
                    Math.round(result.sent() / result.seconds()),
                    result.examples(),
                    result.visit());
        }
    }

    /** What a reader saw at one moment of one user's visit. */
    public record VisitMoment(
            @JsonProperty("at_s") double atSeconds,
            String what,
            String tier,
            @JsonProperty("newest_products") List<Long> newestProducts) {}

    /** One value as it was read, with what it shows. */
    public record Sample(
            String shows,
            String entity,
            List<String> key,
            String group,
            String feature,
            String value,
            String status,
            @JsonProperty("event_time_ms") long eventTimeMs,
            @JsonProperty("schema_version") int schemaVersion) {}
}
