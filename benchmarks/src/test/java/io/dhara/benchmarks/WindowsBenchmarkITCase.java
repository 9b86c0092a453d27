package io.dhara.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The benchmark of windows, small: figures are there, not what they are. */
class WindowsBenchmarkITCase {
    @Test
    void windows_small_hasFiguresBesideFlinks() throws Exception {
        WindowsBenchmark small =
                new WindowsBenchmark(20_000, 100, Duration.ofMinutes(10), 20_000, 1);
        assertThat(small.run(new Surroundings(Path.of(".."), System.err)))
                .hasSize(3)
                .allSatisfy(figure -> assertThat(figure.figure()).isFinite());
    }
}
