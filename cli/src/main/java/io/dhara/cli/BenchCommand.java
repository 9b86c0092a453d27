package io.dhara.cli;

import io.dhara.benchmarks.BenchmarkFailedException;
import io.dhara.benchmarks.BenchmarkFigure;
import io.dhara.benchmarks.BenchmarkSuite;
import io.dhara.benchmarks.Surroundings;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs benchmarks, each with its peer or limit beside it in the same run. */
@Command(
        name = "bench",
        description = "Measures, each figure beside its peer or limit in the same run.",
        footerHeading = "%nBenchmarks:%n",
        mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
    @Mixin private Output output;
    private CommandSpec spec;

    /** The help lists the benchmarks there are. */
    @Spec
    void spec(CommandSpec own) {
        spec = own;
        own.usageMessage()
                .footer(
                        BenchmarkSuite.names().stream()
                                .map(
                                        name ->
                                                "  %-20s%s"
                                                        .formatted(
                                                                name,
                                                                BenchmarkSuite.description(name)))
                                .toArray(String[]::new));
    }

    @Parameters(arity = "0..*", paramLabel = "NAME", description = "Benchmarks to run.")
    private List<String> names = List.of();

    @Option(names = "--all", description = "Run all of them.")
    private boolean all;

    @Override
    public Integer call() {
        if (all == !names.isEmpty()) {
            throw usage("name benchmarks or give --all; there are " + BenchmarkSuite.names());
        }
        for (String name : names) {
            if (!BenchmarkSuite.names().contains(name)) {
                throw usage("unknown benchmark " + name + "; there are " + BenchmarkSuite.names());
            }
        }
        List<BenchmarkFigure> figures;
        try {
            figures =
                    BenchmarkSuite.run(
                            all ? BenchmarkSuite.names() : names,
                            new Surroundings(Home.dir(), System.err));
        } catch (BenchmarkFailedException e) {
            throw new CommandFailure(e.getMessage() + "; what it said is above", e);
        }
        output.result(
                Map.of("benchmarks", figures),
                Output.table(
                        "NAME FIGURE UNIT TARGET BESIDE TIMES MET",
                        figures.stream().map(BenchCommand::row).toList()));
        return figures.stream().anyMatch(f -> Boolean.FALSE.equals(f.met())) ? 1 : 0;
    }

    private static List<String> row(BenchmarkFigure figure) {
        return List.of(
                figure.name(),
                "%.4g".formatted(figure.figure()),
                figure.unit(),
                figure.target() == null ? "-" : figure.target(),
                figure.ratioTo() == null ? "-" : figure.ratioTo(),
                figure.ratio() == null ? "-" : "%.2f".formatted(figure.ratio()),
                figure.met() == null ? "-" : figure.met() ? "yes" : "NO");
    }

    private ParameterException usage(String problem) {
        return new ParameterException(spec.commandLine(), problem);
    }
}
