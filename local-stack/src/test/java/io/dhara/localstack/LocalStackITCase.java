package io.dhara.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.localstack.demo.Demo;
import io.dhara.localstack.demo.DemoProgress;
import io.dhara.localstack.demo.DemoReport;
import io.dhara.localstack.demo.EventInput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole path on real parts: Kafka in, gRPC answer out, and again after a restart. */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class LocalStackITCase {
    private static final DemoProgress SILENT =
            new DemoProgress() {
                @Override
                public void begin(String phase, long total) {}

                @Override
                public void done(long steps) {}

                @Override
                public void end() {}
            };

    private static final Duration SESSION_GAP = Duration.ofSeconds(3);

    @TempDir Path dir;

    @Test
    void demo_onGeneratedThenOnAFileAfterARestart_countsAddUpAndEveryKeyReadsBack()
            throws Exception {
        LocalStack.Folders folders = new LocalStack.Folders(projectRoot(), dir.resolve("data"));
        StackEndpoints first;
        try (LocalStack stack = LocalStack.start(folders, SESSION_GAP, phases())) {
            first = stack.endpoints();
            DemoReport report = run(stack, options(null, 1_500));

            assertThat(report.checks()).allMatch(DemoReport.Check::ok);
            assertThat(report.mismatchExamples()).isEmpty();
            assertThat(report.rejectedByReason().keySet())
                    .contains("unparsable", "unknown-entity", "wrong-count", "future-event-time");
            assertThat(report.rejected()).isPositive();
            assertThat(report.expired()).isPositive();
            assertThat(report.rowsWritten()).containsOnlyKeys("redis", "scylla");
            assertThat(report.freshness().probes()).isPositive();
            assertThat(report.serving().failures()).isZero();
            assertThat(report.features().examples()).isEmpty();
            assertThat(report.features().values()).isPositive();
            assertThat(report.features().freshness()).hasSize(7);

            long others = ReadYourWrites.check(stack.endpoints().serving(), 60);
            assertThat(others).as("reads by others between the writes").isPositive();
            AlertMetrics.check(folders.home(), stack.endpoints());
            stack.shutDown();
        }

        Path file =
                Files.write(
                        dir.resolve("events.jsonl"),
                        List.of(
                                "{\"user\":\"new-1\",\"product\":\"new-p\",\"category\":\"c\",\"behavior\":\"buy\",\"time\":1000}",
                                "no event",
                                "{\"entity\":\"user\",\"key\":[\"new-2\"],\"groups\":{\"activity\":{\"views_1d\":3}},\"time\":\"1970-01-01T00:00:02Z\"}",
                                "{\"entity\":\"user\",\"key\":[\"new-3\"],\"groups\":{\"nothing\":{\"x\":3}},\"time\":3000}"));
        try (LocalStack stack = LocalStack.start(folders, SESSION_GAP, phases())) {
            assertThat(stack.endpoints().serving()).isEqualTo(first.serving());
            assertThat(stack.endpoints().kafka()).isEqualTo(first.kafka());
            assertThat(stack.counts().in()).as("rows read again after a savepoint").isZero();

            DemoReport report =
                    run(stack, options(new EventInput(file, EventInput.Format.JSONL), 1));

            assertThat(report.eventsIn()).isEqualTo(4);
            assertThat(report.invalidLines()).hasSize(2);
            assertThat(report.invalidLines().get(0)).startsWith("line 2: ");
            assertThat(report.invalidLines().get(1)).startsWith("line 4: ");
            assertThat(report.mismatches()).isZero();
            long settled =
                    report.rowsWritten().values().stream().mapToLong(Long::longValue).sum()
                            + report.combined()
                            + report.rejected()
                            + report.expired();
            assertThat(settled).isEqualTo(report.rowsIn());
        }
    }

    private static PhaseTimes phases() {
        return new PhaseTimes((phase, took) -> {});
    }

    private static DemoReport run(LocalStack stack, Demo.Options options) throws Exception {
        return Demo.run(stack, options, phases(), SILENT, Clock.systemUTC(), System.nanoTime());
    }

    private static Demo.Options options(EventInput input, int events) {
        return new Demo.Options(input, null, "test", events, 7, false, Duration.ofSeconds(2), 20);
    }

    private static Path projectRoot() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isRegularFile(folder.resolve("flink-conf/config.yaml"))) {
            folder = folder.getParent();
        }
        return folder;
    }
}
