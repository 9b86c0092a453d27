package io.dhara.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every benchmark of matrices, small: figures are there, not what they are. */
class MatrixBenchmarksITCase {
    private static final Surroundings SURROUNDINGS = new Surroundings(Path.of(".."), System.err);

    @Test
    void matrix_small_readsAllFourEntities() throws Exception {
        assertFigures(
                new MatrixBenchmark(new MatrixShop(200, 2), 50, Duration.ofMillis(500), 1)
                        .run(SURROUNDINGS),
                8);
    }

    @Test
    void matrixCached_small_isReadFromMemory() throws Exception {
        assertFigures(
                new MatrixCachedBenchmark(new MatrixShop(150, 1), 200, 1).run(SURROUNDINGS), 7);
    }

    private static void assertFigures(List<BenchmarkFigure> figures, int count) {
        assertThat(figures)
                .hasSize(count)
                .allSatisfy(
                        figure -> {
                            assertThat(figure.figure()).isFinite();
                            // processor time comes in steps of 10 ms, more than a few calls take
                            if (!figure.name().endsWith("/cpu")) {
                                assertThat(figure.figure()).isPositive();
                            }
                        });
    }
}
