package io.dhara.benchmarks;

import com.google.common.util.concurrent.ListenableFuture;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What serving spends on a matrix of 100 ids and 50 FP32 features that it holds in memory: its
 * processor time beside that of an echo of the same bytes in the same process, what it allocates,
 * and how much memory it has.
 *
 * @param calls of a round of each
 * @param rounds the medians of which are told
 */
record MatrixCachedBenchmark(MatrixShop shop, int calls, int rounds) {
    static final MatrixCachedBenchmark DEFAULT =
            new MatrixCachedBenchmark(new MatrixShop(1_000, 1), 20_000, 5);

    private static final String NAME = "matrix-cached";
    private static final double TARGET_RATIO = 1.5;
    private static final double TARGET_RESIDENT_MEGABYTES = 300;
    private static final double TARGET_ID_BYTES = 64;
    private static final int REQUESTS = 256;
    private static final int IN_FLIGHT = 8;

    /** Rounds before those that count: the compiler goes on working for some seconds. */
    private static final int WARM_UPS = 3;

    /** A small process on purpose. */
    private static final List<String> JVM = List.of("-Xms128m", "-Xmx128m");

    /**
     * One round of one kind.
     *
     * @param cpuMicros of serving's processor time per call
     * @param allocatedBytes on serving's heap per call
     */
    private record Cost(double cpuMicros, double allocatedBytes) {}

    private record Round(Cost echo, Cost matrix) {
        double ratio() {
            return matrix.cpuMicros / echo.cpuMicros;
        }

        /** Beyond what an echo of the answer allocates. */
        double idBytes(int answerBytes) {
            return (matrix.allocatedBytes - echo.allocatedBytes - answerBytes)
                    / MatrixShop.CANDIDATES;
        }
    }

    List<BenchmarkFigure> run(Surroundings surroundings) throws Exception {
        Random random = new Random(1);
        List<Round> all = new ArrayList<>();
        try (MatrixBed bed =
                MatrixBed.start(
                        shop,
                        JVM,
                        Map.of("serving.read.cache-size", "32 mb"),
                        Stream.generate(() -> shop.cachedRequest(random))
                                .limit(REQUESTS)
                                .toList())) {
            surroundings.say("store is filled; an answer has " + bed.answerBytes() + " bytes");
            for (int round = 1 - WARM_UPS; round <= rounds; round++) {
                long misses = misses(bed);
                Round measured = new Round(cost(bed, bed.echo()), cost(bed, bed.matrix()));
                surroundings.say((round < 1 ? "warm-up " : "round " + round + " ") + measured);
                if (round > 0) {
                    requireCached(misses(bed) - misses);
                    all.add(measured);
                }
            }
            return figures(all, bed);
        }
    }

    private static long misses(MatrixBed bed) throws IOException {
        return Long.parseLong(bed.serving.ask("lookups miss"));
    }

    /** What is measured is what it is called. */
    private static void requireCached(long misses) {
        if (misses > 0) {
            throw new IllegalStateException(misses + " lookups were not in memory");
        }
    }

    private Cost cost(MatrixBed bed, Supplier<? extends ListenableFuture<?>> call)
            throws IOException, InterruptedException, TimeoutException {
        new ClosedLoop(calls / 4, IN_FLIGHT).run(call);
        long allocated = allocated(bed);
        double micros = bed.serving.cpu().toNanos() / 1e3;
        new ClosedLoop(calls, IN_FLIGHT).run(call);
        micros = bed.serving.cpu().toNanos() / 1e3 - micros;
        return new Cost(micros / calls, (double) (allocated(bed) - allocated) / calls);
    }

    private static long allocated(MatrixBed bed) throws IOException {
        return Long.parseLong(bed.serving.ask("allocated"));
    }

    private static List<BenchmarkFigure> figures(List<Round> rounds, MatrixBed bed)
            throws IOException {
        double echo = median(rounds, round -> round.echo.cpuMicros);
        double matrix = median(rounds, round -> round.matrix.cpuMicros);
        double ratio = median(rounds, Round::ratio);
        double resident = bed.peakResidentBytes() / (double) (1 << 20);
        double idBytes = median(rounds, round -> round.idBytes(bed.answerBytes()));
        return List.of(
                plain("/echo/cpu", echo, "us/call"),
                new BenchmarkFigure(
                        NAME + "/cpu",
                        matrix,
                        "us/call",
                        "<= " + TARGET_RATIO + " x echo",
                        "gRPC echo of the same bytes",
                        1 / ratio,
                        ratio <= TARGET_RATIO),
                new BenchmarkFigure(
                        NAME + "/resident",
                        resident,
                        "MB",
                        "<= " + TARGET_RESIDENT_MEGABYTES + " MB",
                        null,
                        null,
                        resident <= TARGET_RESIDENT_MEGABYTES),
                plain("/answer", bed.answerBytes(), "B"),
                plain(
                        "/echo/allocated",
                        median(rounds, round -> round.echo.allocatedBytes),
                        "B/call"),
                plain("/allocated", median(rounds, round -> round.matrix.allocatedBytes), "B/call"),
                new BenchmarkFigure(
                        NAME + "/allocated-per-id",
                        idBytes,
                        "B",
                        "<= " + TARGET_ID_BYTES + " B beyond an echo and the answer's bytes",
                        null,
                        null,
                        idBytes <= TARGET_ID_BYTES));
    }

    private static BenchmarkFigure plain(String name, double figure, String unit) {
        return new BenchmarkFigure(NAME + name, figure, unit, null, null, null, null);
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> part) {
        return Medians.of(rounds.stream().map(part::applyAsDouble).toList());
    }
}
