package io.dhara.cli;

import io.dhara.localstack.demo.DemoReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report of a demo as a person likes to read it. */
final class DemoText {
    private DemoText() {}

    static String of(DemoReport report) {
        StringBuilder text = new StringBuilder();
        line(
                text,
                "%s in %.1f s",
                report.ok() ? "All is well," : "NOT WELL,",
                report.durationSeconds());
        line(text, "");
        rows(text, report);
        line(text, "");
        line(text, "Checks");
        for (DemoReport.Check check : report.checks()) {
            line(
                    text,
                    "  %-4s %-48s %,12d %s",
                    check.ok() ? "ok" : "FAIL",
                    check.what(),
                    check.actual(),
                    check.ok() ? "" : "expected " + check.expected());
        }
        report.mismatchExamples().forEach(example -> line(text, "       %s", example));
        report.jobFailures().forEach(failure -> line(text, "       %s", failure));
        line(text, "");
        measured(text, report);
        line(text, "");
        sessions(text, report);
        line(text, "");
        FeaturesText.append(text, report.features());
        matrix(text, report.matrix());
        line(text, "");
        line(text, "Some reads over gRPC");
        text.append(samples(report).indent(2));
        line(text, "");
        timings(text, report);
        return text.toString().stripTrailing();
    }

    /** Of a demo that is not well: what its checks found. */
    static String problems(DemoReport report) {
        StringBuilder text = new StringBuilder();
        for (DemoReport.Check check : report.checks()) {
            if (!check.ok()) {
                line(
                        text,
                        "dhara: FAIL %s: %,d, expected %,d",
                        check.what(),
                        check.actual(),
                        check.expected());
            }
        }
        line(text, "  late interactions: %,d", report.late());
        report.jobFailures().forEach(failure -> line(text, "  %s", failure));
        report.mismatchExamples().forEach(example -> line(text, "  %s", example));
        report.sessions().examples().forEach(example -> line(text, "  %s", example));
        report.features().examples().forEach(example -> line(text, "  %s", example));
        report.matrix().examples().forEach(example -> line(text, "  %s", example));
        return text.toString();
    }

    private static void rows(StringBuilder text, DemoReport report) {
        line(text, "%,d events (%s)", report.eventsIn(), report.source());
        DemoReport.Sent sent = report.sent();
        line(
                text,
                "  %,d messages on Kafka; among them %,d sent twice, %,d late, %,d of an older schema"
                        + " version, %,d broken rows; %,d rows to measure freshness",
                sent.messages(),
                sent.duplicates(),
                sent.late(),
                sent.olderVersion(),
                sent.brokenRows(),
                sent.measuringRows());
        line(text, "");
        line(text, "Rows (one entity key x one feature group)");
        line(text, "  %-28s %,12d", "in", report.rowsIn());
        report.rowsWritten()
                .forEach(
                        (store, rows) ->
                                line(text, "  = %-26s %,12d", "written to " + store, rows));
        line(text, "  + %-26s %,12d", "combined before the write", report.combined());
        line(text, "  + %-26s %,12d", "rejected, with a reason", report.rejected());
        for (Map.Entry<String, Long> reason : report.rejectedByReason().entrySet()) {
            line(text, "        %-22s %,12d", reason.getKey(), reason.getValue());
        }
        line(text, "  + %-26s %,12d", "past their life on arrival", report.expired());
        report.invalidLines().forEach(problem -> line(text, "  %s", problem));
    }

    private static void measured(StringBuilder text, DemoReport report) {
        line(text, "Measured on this machine");
        line(
                text,
                "  replay      %,d rows/s from Kafka through Flink into the stores",
                report.rowsPerSecond());
        DemoReport.Freshness freshness = report.freshness();
        line(
                text,
                "  freshness   p50 %.1f ms, p99 %.1f ms  (handed to Kafka -> readable over gRPC, %,d writes)",
                freshness.p50(),
                freshness.p99(),
                freshness.probes());
        DemoReport.Serving serving = report.serving();
        line(
                text,
                "  reads       p50 %,d us, p99 %,d us, p99.9 %,d us  (%,d reads of %d keys, %,d a second, %,d failed)",
                serving.p50Micros(),
                serving.p99Micros(),
                serving.p999Micros(),
                serving.requests(),
                serving.keysPerRequest(),
                serving.requestsPerSecond(),
                serving.failures());
        line(
                text,
                "  read back   %,d keys, %,d values, %,d wrong",
                report.checkedKeys(),
                report.checkedValues(),
                report.mismatches());
    }

    private static void sessions(StringBuilder text, DemoReport report) {
        DemoReport.Sessions sessions = report.sessions();
        line(
                text,
                "Sessions (gap %.1f s): %,d interactions sent, %,d distinct -> %,d sessions closed (%,d by plain recomputation), %,d late events",
                sessions.gapMillis() / 1000.0,
                sessions.sent(),
                sessions.distinct(),
                sessions.closed(),
                sessions.expected(),
                report.late());
        line(
                text,
                "  %,d interactions new in the cold tier; %,d users read back, %,d of them from the cold tier alone",
                report.interactionsCold(),
                sessions.usersReadBack(),
                sessions.usersFromCold());
        sessions.examples().forEach(example -> line(text, "       %s", example));
        List<List<String>> rows = new ArrayList<>();
        for (DemoReport.VisitMoment moment : sessions.visit()) {
            rows.add(
                    List.of(
                            String.format(Locale.ROOT, "%.2f s", moment.atSeconds()),
                            moment.what(),
                            moment.tier(),
                            moment.newestProducts().isEmpty()
                                    ? "-"
                                    : moment.newestProducts().toString()));
        }
        text.append(Output.table(List.of("AT", "A USER", "TIER", "NEWEST CLICKS"), rows).indent(2));
    }

    private static void matrix(StringBuilder text, DemoReport.Matrix matrix) {
        line(
                text,
                "Feature matrix of %s: %,d requests, %,d rows of %d columns, p50 %,d us; %,d rows by the product's category; %,d cells, %,d wrong",
                matrix.model(),
                matrix.requests(),
                matrix.rows(),
                matrix.columns(),
                matrix.p50Micros(),
                matrix.chained(),
                matrix.cells(),
                matrix.wrong());
        matrix.examples().forEach(example -> line(text, "       %s", example));
    }

    private static String samples(DemoReport report) {
        List<List<String>> rows = new ArrayList<>();
        String last = "";
        for (DemoReport.Sample sample : report.samples()) {
            rows.add(
                    List.of(
                            sample.shows().equals(last) ? "" : sample.shows(),
                            sample.entity() + " " + String.join(",", sample.key()),
                            sample.group() + "." + sample.feature(),
                            sample.value(),
                            sample.status(),
                            sample.schemaVersion() == 0 ? "-" : "v" + sample.schemaVersion()));
            last = sample.shows();
        }
        return Output.table(
                List.of("WHAT IT SHOWS", "KEY", "FEATURE", "VALUE", "STATUS", "VERSION"), rows);
    }

    private static void timings(StringBuilder text, DemoReport report) {
        line(text, "Where the time went (parts start side by side)");
        StringBuilder line = new StringBuilder(" ");
        report.timings()
                .forEach(
                        (phase, seconds) ->
                                line.append(
                                        String.format(Locale.ROOT, " %s %.1f s,", phase, seconds)));
        line.setLength(line.length() - 1);
        text.append(line);
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
