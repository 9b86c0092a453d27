package io.dhara.localstack.demo;

import io.dhara.localstack.IngestCounts;
import io.dhara.localstack.PhaseTimes;
import io.dhara.localstack.SessionCounts;
import io.dhara.localstack.StackView;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the phases of a demo found.
 *
 * @param expired rows sent whose life was over
 * @param replayedRows rows sent before the stack was measured at work
 */
record DemoFindings(
        Replay replay,
        long expired,
        IngestCounts counts,
        DeadLetterCounts letters,
        ReadBack.Result back,
        LivePhase.Result live,
        Samples samples,
        SessionsPhase.Result sessions,
        SessionCounts sessionCounts,
        FeaturesPhase.Result features,
        MatrixPhase.Result matrix,
        List<String> jobFailures,
        long replayedRows,
        double replaySeconds) {

    /** Holds them against what was sent. */
    DemoReport report(Demo.Options options, StackView stack, PhaseTimes phases, long startNanos) {
        SentCounts sent = replay.sent();
        List<DemoReport.Check> checks = checks();
        Map<String, Long> reasons = new TreeMap<>(letters.byReason());
        if (sent.invalidLines > 0) {
            reasons.put("invalid-line", sent.invalidLines);
        }
        return new DemoReport(
                checks.stream().allMatch(DemoReport.Check::ok),
                options.source(),
                sent.events,
                counts.in() + sent.invalidLines,
                new TreeMap<>(counts.written()),
                counts.combined(),
                counts.rejected() + sent.invalidLines,
                counts.expired(),
                reasons,
                replay.invalidLines(),
                new DemoReport.Sent(
                        sent.messages,
                        sent.duplicates,
                        sent.late,
                        sent.olderVersion,
                        sent.rejected,
                        expired,
                        sent.rows - replayedRows),
                checks,
                jobFailures,
                back.checkedKeys(),
                back.checkedValues(),
                back.mismatches(),
                back.examples(),
                Math.round(replayedRows / replaySeconds),
                DemoReport.Freshness.of(live.freshnessMicros()),
                serving(options),
                sessionCounts.opened(),
                sessionCounts.flushed(),
                sessionCounts.interactionsCold(),
                sessionCounts.late(),
                DemoReport.Sessions.of(stack.sessionGap(), sessions),
                DemoReport.Features.of(features),
                DemoReport.Matrix.of(matrix),
                samples.all(),
                Math.round((System.nanoTime() - startNanos) / 1e8) / 10.0,
                phases.seconds(),
                stack.endpoints());
    }

    private List<DemoReport.Check> checks() {
        SentCounts sent = replay.sent();
        return List.of(
                DemoReport.Check.equal("rows the job took in", sent.rows, counts.in()),
                DemoReport.Check.equal(
                        "written + combined + rejected + expired", counts.in(), counts.settled()),
                DemoReport.Check.equal(
                        "rejected rows are the broken ones", sent.rejected, counts.rejected()),
                DemoReport.Check.equal(
                        "dead letters stand for every rejected row",
                        counts.rejected(),
                        letters.rows()),
                DemoReport.Check.equal(
                        "expired rows are those past their life", expired, counts.expired()),
                DemoReport.Check.equal("keys that read back wrong", 0, back.mismatches()),
                DemoReport.Check.equal(
                        "interactions in closed sessions", sessions.distinct(), sessions.items()),
                DemoReport.Check.equal(
                        "closed sessions are those of a plain recomputation",
                        0,
                        sessions.unexpected()),
                DemoReport.Check.equal(
                        "users whose interactions read back wrong", 0, sessions.wrong()),
                DemoReport.Check.equal(
                        "real-time features that differ from a plain recount", 0, features.wrong()),
                DemoReport.Check.equal(
                        "cells of the feature matrix that are not what was written",
                        0,
                        matrix.wrong()),
                DemoReport.Check.equal("failures that restarted a job", 0, jobFailures.size()));
    }

    private DemoReport.Serving serving(Demo.Options options) {
        return new DemoReport.Serving(
                live.reads(),
                live.failures(),
                LivePhase.KEYS_PER_READ,
                options.readsPerSecond(),
                live.latencyMicros().getValueAtPercentile(50),
                live.latencyMicros().getValueAtPercentile(99),
                live.latencyMicros().getValueAtPercentile(99.9));
    }
}
