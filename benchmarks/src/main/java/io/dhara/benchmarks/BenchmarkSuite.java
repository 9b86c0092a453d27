package io.dhara.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
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
 * The benchmarks by name, each run in a JVM of its own beside its peer or limit, and their figures.
 * {@code main} takes names (none: all), shows progress on standard error and prints one JSON
 * document; it is started in the project's folder.
 */
public final class BenchmarkSuite {
    /** Short, since ratios within one run are what counts. */
    private static final int WARM_UPS = 3;

    /** Many short ones, so that the median is not one of those that lost the processor. */
    private static final int ITERATIONS = 15;

    private static final TimeValue WARM_UP = TimeValue.milliseconds(700);
    private static final TimeValue ITERATION = TimeValue.milliseconds(250);

    /** One benchmark: what it tells and how it is run. */
    private record Entry(String description, Run run) {}

    private interface Run {
        List<BenchmarkFigure> run(Surroundings surroundings) throws Exception;
    }

    private static final Map<String, Entry> ENTRIES = entries();

    private BenchmarkSuite() {}

    private static Map<String, Entry> entries() {
        Map<String, Entry> all = new LinkedHashMap<>();
        all.put(
                "encode",
                new Entry(
                        "1,000 int32 values to a block, beside protobuf-java",
                        s -> codec(EncodeBenchmark.class, s).encode()));
        all.put(
                "read-one",
                new Entry(
                        "one of 1,000 values of a block, beside protobuf-java",
                        s -> codec(ReadOneFeatureBenchmark.class, s).readOne()));
        all.put(
                "sessionizer",
                new Entry(
                        "events per CPU-second of the interaction-sessionizer job, Kafka to Redis",
                        SessionizerBenchmark.DEFAULT::run));
        all.put(
                "session-state",
                new Entry(
                        "bytes of RocksDB state per open session",
                        SessionStateBenchmark.DEFAULT::run));
        all.put(
                "session-flush",
                new Entry(
                        "UPDATEs of the cold tier per closed session",
                        SessionFlushBenchmark.DEFAULT::run));
        all.put(
                "windows",
                new Entry(
                        "what an event costs in an hour's and a week's window, beside Flink's own",
                        WindowsBenchmark.DEFAULT::run));
        all.put(
                "interactions-read",
                new Entry(
                        "last 100 of three types from serving, open loop, beside a health check",
                        InteractionsReadBenchmark.DEFAULT::run));
        all.put(
                "overload",
                new Entry(
                        "serving with 256 MB asked for three times what it can do",
                        OverloadBenchmark.DEFAULT::run));
        all.put(
                "matrix",
                new Entry(
                        "four entities of 100 candidates from Redis, open loop, beside an echo",
                        MatrixBenchmark.DEFAULT::run));
        all.put(
                "matrix-cached",
                new Entry(
                        "100 ids x 50 FP32 from memory: processor time beside an echo, memory",
                        MatrixCachedBenchmark.DEFAULT::run));
        return all;
    }

    /** Names that {@link #run} takes. */
    public static List<String> names() {
        return List.copyOf(ENTRIES.keySet());
    }

    /** One line on a benchmark. */
    public static String description(String name) {
        return known(name).description;
    }

    private static Entry known(String name) {
        Entry entry = ENTRIES.get(name);
        if (entry == null) {
            throw new IllegalArgumentException(
                    "unknown benchmark " + name + ": known are " + names());
        }
        return entry;
    }

    /**
     * Runs the named benchmarks one after another; from half a minute to some minutes each.
     *
     * @throws IllegalArgumentException for an unknown name
     * @throws BenchmarkFailedException if one fails
     */
    public static List<BenchmarkFigure> run(List<String> names, Surroundings surroundings) {
        names.forEach(BenchmarkSuite::known);
        List<BenchmarkFigure> figures = new ArrayList<>();
        for (String name : names) {
            try {
                figures.addAll(known(name).run.run(surroundings));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BenchmarkFailedException(name, e);
            } catch (Exception e) {
                throw new BenchmarkFailedException(name, e);
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

    public static void main(String[] args) throws JsonProcessingException {
        List<String> names = args.length == 0 ? names() : List.of(args);
        System.out.println(json(run(names, new Surroundings(Path.of("."), System.err))));
    }

    private static CodecFigures codec(Class<?> benchmark, Surroundings surroundings)
            throws RunnerException {
        return new CodecFigures(jmh(benchmark, surroundings.progress()));
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
