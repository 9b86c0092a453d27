package io.dhara.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every benchmark of sessions, small: figures are there, not what they are. */
class SessionBenchmarksITCase {
    private static final Surroundings SURROUNDINGS = new Surroundings(Path.of(".."), System.err);

    @Test
    void sessionizer_small_hasFiguresBesideItsLimits() throws Exception {
        assertFigures(new SessionizerBenchmark(2_000, 200, 1).run(SURROUNDINGS), 8);
    }

    @Test
    void sessionState_small_countsBytes() throws Exception {
        assertFigures(new SessionStateBenchmark(500, 5).run(SURROUNDINGS), 2);
    }

    @Test
    void sessionFlush_small_isOneUpdatePerTouchedTable() throws Exception {
        List<BenchmarkFigure> figures = new SessionFlushBenchmark(100, 6).run(SURROUNDINGS);
        assertFigures(figures, 4);
        assertThat(figures.get(0).figure()).isEqualTo(1);
        assertThat(figures.get(1).figure()).isEqualTo(1);
    }

    @Test
    void interactionsRead_small_readsFromTheTierItSays() throws Exception {
        assertFigures(
                new InteractionsReadBenchmark(20, 20, 50, Duration.ofSeconds(1), 1)
                        .run(SURROUNDINGS),
                12);
    }

    private static void assertFigures(List<BenchmarkFigure> figures, int count) {
        assertThat(figures)
                .hasSize(count)
                .allSatisfy(
                        figure -> {
                            assertThat(figure.figure()).isFinite().isNotNegative();
                            // processor time comes in steps of 10 ms, more than a few calls take
                            if (!figure.name().endsWith("/cpu")) {
                                assertThat(figure.figure()).isPositive();
                            }
                        });
    }
}
