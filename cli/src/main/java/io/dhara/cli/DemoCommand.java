package io.dhara.cli;

import io.dhara.localstack.LocalStack;
import io.dhara.localstack.PhaseTimes;
import io.dhara.localstack.RunningStack;
import io.dhara.localstack.demo.Demo;
import io.dhara.localstack.demo.DemoReport;
import io.dhara.localstack.demo.EventInput;
import io.dhara.localstack.demo.RecordInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Brings everything up, sends events through it, reads back and says what happened. */
@Command(
        name = "demo",
        description = {
            "Starts Kafka, Flink, Redis, a CQL store and serving on this machine, sends a shop's events",
            "through them, reads every key back over gRPC, compares, measures, and stops everything."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Formats of --input, plain or gzip, one event a line:",
            "  taobao-csv  userId,itemId,categoryId,behavior,epochSeconds   (no header)",
            "  doordash-csv orders with a header that names store_id, created_at, actual_delivery_time and subtotal:",
            "              the orders of the kitchen definition; the shop's events are made up",
            "  jsonl       {\"user\":\"u1\",\"product\":\"p1\",\"category\":\"c1\",\"behavior\":\"view\",\"time\":1700000000000}",
            "              or {\"entity\":\"user\",\"key\":[\"u1\"],\"groups\":{\"activity\":{\"views_1d\":3}},\"time\":\"2024-01-01T00:00:00Z\"}",
            "A line that is no event is counted as rejected, with its number."
        })
final class DemoCommand implements Callable<Integer> {
    @Mixin private Output output;
    @Spec private CommandSpec spec;

    @Option(
            names = "--input",
            paramLabel = "FILE",
            description = "Events of your own instead of made-up ones.")
    private @Nullable Path input;

    @Option(
            names = "--format",
            paramLabel = "taobao-csv|doordash-csv|jsonl",
            description = "What --input holds. Default: by the name, .csv or .jsonl.")
    private @Nullable String format;

    @Option(
            names = "--event-time",
            paramLabel = "now|original",
            defaultValue = "now",
            description =
                    "Event times of --input: moved so that the last event is now, or as they are"
                            + " (then old ones may be past their life). Default: now.")
    private String eventTime;

    @Option(
            names = "--events",
            paramLabel = "N",
            defaultValue = "10000",
            description = "How many events to make up. Default: ${DEFAULT-VALUE}.")
    private int events;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "2",
            description = "Of the made-up events. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--live",
            paramLabel = "DURATION",
            defaultValue = "PT6S",
            description = "How long to measure reads and freshness (ISO-8601). Default: 6 s.")
    private Duration live;

    @Option(
            names = "--reads",
            paramLabel = "N",
            defaultValue = "200",
            description = "Reads a second meanwhile. Default: ${DEFAULT-VALUE}.")
    private int readsPerSecond;

    @Option(
            names = "--session-gap",
            paramLabel = "DURATION",
            defaultValue = "5s",
            converter = DurationText.class,
            description =
                    "Pause after which a user's session ends, as 5s or 30min. Default:"
                            + " ${DEFAULT-VALUE}, so that the demo can show it.")
    private Duration sessionGap;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Fresh folder for the stack; kept. Default: a temporary one, removed.")
    private @Nullable Path dataDir;

    @Option(
            names = "--keep",
            description =
                    "Leave the stack running, in --data-dir or else .dhara; ./dhara down stops it.")
    private boolean keep;

    @Override
    public Integer call() throws Exception {
        long start = System.nanoTime();
        Demo.Options options = options();
        Path dir = folder();
        System.setProperty("dhara.log", dir.resolve("demo.log").toString());
        WorkProgress progress = WorkProgress.onStandardError();
        PhaseTimes phases = new PhaseTimes(progress);
        DemoReport report;
        try {
            report =
                    keep
                            ? onRunning(dir, options, phases, progress, start)
                            : onOwn(dir, options, phases, progress, start);
        } catch (CommandFailure e) {
            throw e;
        } catch (Exception e) {
            throw new CommandFailure(
                    "the demo did not get through: "
                            + e
                            + "\n  The log is "
                            + dir.resolve("demo.log")
                            + "; ./dhara doctor looks at this machine.",
                    e);
        } finally {
            progress.end();
        }
        if (dataDir == null && !keep && report.ok()) {
            delete(dir);
        }
        output.result(report, DemoText.of(report));
        if (!report.ok()) {
            output.say(DemoText.problems(report) + "  The log is " + dir.resolve("demo.log"));
        }
        if (keep) {
            output.say("dhara: still running; ./dhara get and put reach it, ./dhara down stops it");
        }
        return report.ok() ? 0 : 1;
    }

    private Path folder() throws IOException {
        if (dataDir == null && !keep) {
            return Files.createTempDirectory("dhara-demo");
        }
        Path dir = dataDir != null ? dataDir : Path.of(".dhara");
        if (Files.isDirectory(dir.resolve("kafka"))) {
            throw new CommandFailure(
                    dir
                            + " has the data of an earlier run, which the demo would mistake for its"
                            + " own: remove it, or name another with --data-dir.");
        }
        return Files.createDirectories(dir);
    }

    private DemoReport onOwn(
            Path dir, Demo.Options options, PhaseTimes phases, WorkProgress progress, long start)
            throws Exception {
        output.say("dhara: starting the stack in " + dir);
        try (LocalStack stack =
                LocalStack.start(new LocalStack.Folders(Home.dir(), dir), sessionGap, phases)) {
            output.say("dhara: sending " + options.source());
            return Demo.run(stack, options, phases, progress, Clock.systemUTC(), start);
        }
    }

    private DemoReport onRunning(
            Path dir, Demo.Options options, PhaseTimes phases, WorkProgress progress, long start)
            throws Exception {
        RunningStack stack =
                phases.time(
                        "stack up",
                        () -> {
                            new DetachedStack(dir, sessionGap, output::say).start();
                            return RunningStack.of(dir);
                        });
        output.say("dhara: sending " + options.source());
        return Demo.run(stack, options, phases, progress, Clock.systemUTC(), start);
    }

    private Demo.Options options() {
        if (events < 1 || readsPerSecond < 1) {
            throw usage("--events and --reads must be positive");
        }
        if (!eventTime.equals("now") && !eventTime.equals("original")) {
            throw usage("--event-time must be now or original: got " + eventTime);
        }
        EventInput chosen = null;
        RecordInput orders = null;
        String source = "%,d made-up events, seed %d".formatted(events, seed);
        if (input != null) {
            if (!Files.isReadable(input)) {
                throw usage("--input cannot be read: " + input);
            }
            switch (format(input)) {
                case "taobao-csv", "csv" ->
                        chosen = new EventInput(input, EventInput.Format.TAOBAO_CSV);
                case "jsonl" -> chosen = new EventInput(input, EventInput.Format.JSONL);
                case "doordash-csv" ->
                        orders = new RecordInput(input, RecordInput.Format.DOORDASH_CSV);
                default ->
                        throw usage(
                                "--format must be taobao-csv, doordash-csv or jsonl: got "
                                        + format(input));
            }
            source = orders == null ? "events of " + input : source + "; orders of " + input;
        }
        return new Demo.Options(
                chosen,
                orders,
                source,
                events,
                seed,
                eventTime.equals("original"),
                live,
                readsPerSecond);
    }

    private String format(Path file) {
        String name = file.getFileName().toString().replaceFirst("\\.gz$", "");
        return format != null ? format : name.substring(name.lastIndexOf('.') + 1);
    }

    private ParameterException usage(String problem) {
        return new ParameterException(spec.commandLine(), problem);
    }

    private static void delete(Path dir) throws IOException {
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
