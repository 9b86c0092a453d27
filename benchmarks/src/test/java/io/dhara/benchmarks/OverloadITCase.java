package io.dhara.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Serving in a process with 256 MB, asked for more than it can do: what it must do at any speed.
 */
class OverloadITCase {

    @Test
    void overload_answersSome_refusesTheRestAsExhausted_andStaysAlive() throws Exception {
        Map<String, BenchmarkFigure> figures =
                new OverloadBenchmark(100, 50, 3_000, Duration.ofSeconds(6))
                        .run(new Surroundings(Path.of(".."), System.err)).stream()
                                .collect(
                                        Collectors.toMap(
                                                BenchmarkFigure::name, Function.identity()));

        assertThat(figures.get("overload/goodput").figure()).isPositive();
        assertThat(figures.get("overload/refused").figure()).isPositive();
        assertThat(figures.get("overload/failed").figure())
                .as("calls that were neither answered nor RESOURCE_EXHAUSTED")
                .isZero();
    }
}
