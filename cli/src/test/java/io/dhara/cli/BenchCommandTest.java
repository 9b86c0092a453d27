package io.dhara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.benchmarks.BenchmarkSuite;
import org.junit.jupiter.api.Test;

class BenchCommandTest {
    @Test
    void help_listsEveryBenchmarkWithWhatItTells() {
        CommandRun help = CommandRun.of("bench", "--help");
        assertThat(help.exitCode()).isZero();
        assertThat(BenchmarkSuite.names())
                .contains("sessionizer", "session-state", "session-flush", "interactions-read")
                .allSatisfy(
                        name ->
                                assertThat(help.out())
                                        .contains(name)
                                        .contains(BenchmarkSuite.description(name)));
    }

    @Test
    void unknownName_isRefusedWithTheNamesThereAre() {
        CommandRun run = CommandRun.of("bench", "nothing");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("unknown benchmark nothing").contains("sessionizer");
    }
}
