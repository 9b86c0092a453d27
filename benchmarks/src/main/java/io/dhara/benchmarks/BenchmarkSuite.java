package io.dhara.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * The benchmarks by name, each run in a JVM of its own beside its peer, and their figures. {@code
 * main} takes names (none: all), shows progress on standard error and prints one JSON document.
 */
public final class BenchmarkSuite {
    /** Short, since ratios within one run are what counts. */
    private static final int WARM_UPS = 3;

    /** Many short ones, so that the median is not one of those that lost the processor. */
    private static final int ITERATIONS = 15;

    private static final TimeValue WARM_UP = TimeValue.milliseconds(700);
    private static final TimeValue ITERATION = TimeValue.milliseconds(250);

    public static final String ENCODE = "encode";
    public static final String READ_ONE = "read-one";

    private BenchmarkSuite() {}

    /** Names that {@link #run} takes. */
    public static List<String> names() {
        return List.of(ENCODE, READ_ONE);
    }

    /**
     * Runs the named benchmarks one after another; takes about half a minute each.
     *
     * @param progress takes what JMH says meanwhile
     * @throws IllegalArgumentException for an unknown name
     * @throws RunnerException if a benchmark fails
     */
    public static List<BenchmarkFigure> run(List<String> names, PrintStream progress)
            throws RunnerException {
        for (String name : names) {
            if (!names().contains(name)) {
                throw new IllegalArgumentException(
                        "unknown benchmark " + name + ": known are " + names());
            }
        }
        List<BenchmarkFigure> figures = new ArrayList<>();
        for (String name : names) {
            if (name.equals(ENCODE)) {
                figures.addAll(new CodecFigures(jmh(EncodeBenchmark.class, progress)).encode());
            } else {
                figures.addAll(
                        new CodecFigures(jmh(ReadOneFeatureBenchmark.class, progress)).readOne());
            }
        }
        return figures;
    }

    /** The figures as {@code {"benchmarks": [...]}}. */
    public static String json(List<BenchmarkFigure> figures) throws JsonProcessingException {
        return new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(Map.of("benchmarks", figures));
    }

    public static void main(String[] args) throws RunnerException, JsonProcessingException {
        List<String> names = args.length == 0 ? names() : List.of(args);
        System.out.println(json(run(names, System.err)));
    }

    private static Collection<RunResult> jmh(Class<?> benchmark, PrintStream progress)
            throws RunnerException {
        return new Runner(
                        new OptionsBuilder()
                                .include(benchmark.getName() + "\\.")
                                .forks(1)
                                .warmupIterations(WARM_UPS)
                                .warmupTime(WARM_UP)
                                .measurementIterations(ITERATIONS)
                                .measurementTime(ITERATION)
                                .addProfiler(GCProfiler.class)
                                .build(),
                        OutputFormatFactory.createFormatInstance(progress, VerboseMode.NORMAL))
                .run();
    }
}
