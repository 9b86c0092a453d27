package io.dhara.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What an event costs in the operator of realtime-features, in processor time of the job's process
 * less that of a job which only makes the events: a count over an hour, over a week, and Flink's
 * own window of an hour that slides by a minute, over the same events with RocksDB.
 *
 * @param events of a round; they last for longer than the longest window
 * @param keys of them, in turn
 * @param every between two events of a key
 * @param slidingEvents of them Flink's window gets the first ones: each is in 60 windows
 * @param rounds after the warm-up
 */
record WindowsBenchmark(int events, int keys, Duration every, int slidingEvents, int rounds) {
    static final WindowsBenchmark DEFAULT =
            new WindowsBenchmark(720_000, 30, Duration.ofSeconds(30), 60_000, 3);

    private static final int WARM_UPS = 1;
    private static final double MOST_FOR_A_WEEK = 1.2;
    private static final double LEAST_BESIDE_SLIDING = 10;
    private static final String UNIT = "CPU-us/event";

    /** Microseconds of an event. */
    private record Round(double hour, double week, double sliding) {
        double weekToHour() {
            return week / hour;
        }

        double slidingToHour() {
            return sliding / hour;
        }
    }

    List<BenchmarkFigure> run(Surroundings surroundings) throws Exception {
        Path folder = Files.createTempDirectory("dhara-windows");
        List<Round> measured = new ArrayList<>();
        try (MeasuredProcess process = WindowJobProcess.start(surroundings.home(), folder)) {
            for (int number = 0; number < WARM_UPS + rounds; number++) {
                Round round = round(process);
                surroundings.say(
                        (number < WARM_UPS ? "warm-up: " : "round " + number + ": ") + round);
                if (number >= WARM_UPS) {
                    measured.add(round);
                }
            }
        } finally {
            Folders.delete(folder);
        }
        double weekToHour = median(measured, Round::weekToHour);
        double slidingToHour = median(measured, Round::slidingToHour);
        return List.of(
                new BenchmarkFigure(
                        "windows/hour",
                        median(measured, Round::hour),
                        UNIT,
                        ">= 10x faster than Flink's",
                        "Flink's window of 1 h by 1 min",
                        slidingToHour,
                        slidingToHour >= LEAST_BESIDE_SLIDING),
                new BenchmarkFigure(
                        "windows/week",
                        median(measured, Round::week),
                        UNIT,
                        "<= 1.2x the cost of 1 h",
                        "a window of 1 h",
                        1 / weekToHour,
                        weekToHour <= MOST_FOR_A_WEEK),
                new BenchmarkFigure(
                        "windows/flink-sliding",
                        median(measured, Round::sliding),
                        UNIT,
                        null,
                        null,
                        null,
                        null));
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> part) {
        return Medians.of(rounds.stream().map(part::applyAsDouble).toList());
    }

    private Round round(MeasuredProcess process) throws Exception {
        double bare = micros(process, "bare", events, "");
        double hour = micros(process, "tiles", events, " 1 h") - bare;
        double week = micros(process, "tiles", events, " 7 d") - bare;
        double fewBare = micros(process, "bare", slidingEvents, "");
        double sliding = micros(process, "sliding", slidingEvents, "") - fewBare;
        return new Round(hour, week, sliding);
    }

    private double micros(MeasuredProcess process, String job, int count, String window)
            throws Exception {
        Duration before = process.cpu();
        process.ask(job + " " + count + " " + keys + " " + every.toMillis() + window);
        return process.cpu().minus(before).toNanos() / 1e3 / count;
    }
}
