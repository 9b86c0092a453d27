package io.dhara.benchmarks;

import com.google.common.util.concurrent.ListenableFuture;
import io.dhara.localstack.load.OpenLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * A matrix of 100 candidates and four entities, of which two have a key that is derived from the
 * candidates' features, over gRPC at a fixed rate and from the instant each call was due. Serving
 * holds nothing in memory: each call reads all four entities from Redis. Beside it an echo of the
 * same bytes in the same process.
 *
 * @param perSecond calls
 * @param duration of a round of each, after a warm-up of a third of it
 * @param rounds the medians of which are told
 */
record MatrixBenchmark(MatrixShop shop, int perSecond, Duration duration, int rounds) {
    static final MatrixBenchmark DEFAULT =
            new MatrixBenchmark(new MatrixShop(2_000, 50), 100, Duration.ofSeconds(10), 5);

    private static final String MATRIX = "matrix";
    private static final String ECHO = "matrix/echo";
    private static final double TARGET_MILLIS = 5;
    private static final int REQUESTS = 256;

    /** Rounds before those that count: the compiler goes on working for some seconds. */
    private static final int WARM_UPS = 2;

    /**
     * One round of one kind.
     *
     * @param p50 in milliseconds, as the next two
     * @param cpuMicros of serving's processor time per call
     */
    private record Round(double p50, double p99, double p999, double cpuMicros) {}

    List<BenchmarkFigure> run(Surroundings surroundings) throws Exception {
        Random random = new Random(1);
        Map<String, List<Round>> all = new LinkedHashMap<>();
        try (MatrixBed bed =
                MatrixBed.start(
                        shop,
                        List.of("-Xms512m", "-Xmx512m"),
                        Map.of(),
                        Stream.generate(() -> shop.chainRequest(random))
                                .limit(REQUESTS)
                                .toList())) {
            surroundings.say("store is filled; an answer has " + bed.answerBytes() + " bytes");
            for (int round = 1 - WARM_UPS; round <= rounds; round++) {
                Map<String, Round> measured = new LinkedHashMap<>();
                measured.put(ECHO, measured(bed, bed.echo()));
                measured.put(MATRIX, measured(bed, bed.matrix()));
                surroundings.say((round < 1 ? "warm-up " : "round " + round + " ") + measured);
                if (round > 0) {
                    measured.forEach(
                            (name, one) ->
                                    all.computeIfAbsent(name, n -> new ArrayList<>()).add(one));
                }
            }
        }
        return figures(all);
    }

    private Round measured(MatrixBed bed, Supplier<? extends ListenableFuture<?>> call)
            throws Exception {
        new OpenLoop(perSecond, Duration.ZERO, duration.dividedBy(3)).run(call);
        Duration cpu = bed.serving.cpu();
        OpenLoop.Result result = new OpenLoop(perSecond, Duration.ZERO, duration).run(call);
        if (result.failures() > 0) {
            throw new IllegalStateException(
                    "%d of %d calls failed".formatted(result.failures(), result.calls()));
        }
        Histogram micros = result.latencyMicros();
        return new Round(
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(99) / 1e3,
                micros.getValueAtPercentile(99.9) / 1e3,
                bed.serving.cpu().minus(cpu).toNanos() / 1e3 / result.calls());
    }

    private static List<BenchmarkFigure> figures(Map<String, List<Round>> rounds) {
        List<BenchmarkFigure> figures = new ArrayList<>();
        double echo = median(rounds, ECHO, Round::p99);
        for (String name : rounds.keySet()) {
            double p99 = median(rounds, name, Round::p99);
            figures.add(plain(name + "/p50", median(rounds, name, Round::p50), "ms"));
            figures.add(
                    name.equals(MATRIX)
                            ? new BenchmarkFigure(
                                    name + "/p99",
                                    p99,
                                    "ms",
                                    "<= " + TARGET_MILLIS + " ms",
                                    "gRPC echo of the same bytes",
                                    echo / p99,
                                    p99 <= TARGET_MILLIS)
                            : plain(name + "/p99", p99, "ms"));
            figures.add(plain(name + "/p99.9", median(rounds, name, Round::p999), "ms"));
            figures.add(plain(name + "/cpu", median(rounds, name, Round::cpuMicros), "us/call"));
        }
        return figures;
    }

    private static BenchmarkFigure plain(String name, double figure, String unit) {
        return new BenchmarkFigure(name, figure, unit, null, null, null, null);
    }

    private static double median(
            Map<String, List<Round>> rounds, String name, ToDoubleFunction<Round> part) {
        return Medians.of(
                rounds.getOrDefault(name, List.of()).stream().map(part::applyAsDouble).toList());
    }
}
