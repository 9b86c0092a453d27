package io.dhara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code put} refuses by the schemas alone: no serving is there to ask. */
class PutCommandTest {
    static Stream<Arguments> wrongLines() {
        return Stream.of(
                Arguments.of("put nobody u1 --group activity views_1d=3", "unknown entity nobody"),
                Arguments.of("put user u1 --group nothing views_1d=3", "unknown group nothing"),
                Arguments.of("put user u1 --group activity clicks=3", "unknown feature clicks"),
                Arguments.of("put user u1 --group activity views_1d", "FEATURE=VALUE: got views"),
                Arguments.of("put user u1,x --group activity views_1d=3", "[user_id]: got 2"),
                Arguments.of("put user u1 --group activity views_1d=many", "no DataTypeInt32"),
                Arguments.of("put user u1 --group flags is_prime=perhaps", "a bool is true or"),
                Arguments.of("put user u1 --group taste taste_8=1,x", "no DataTypeFP32Vector"));
    }

    @ParameterizedTest
    @MethodSource("wrongLines")
    void put_ofWhatTheSchemasLack_isWrongUsageAndNamesIt(String line, String words) {
        CommandRun run =
                CommandRun.of((line + " --registry ../examples/schemas --serving :1").split(" "));

        assertThat(run.err()).contains(words).contains("Usage: dhara put");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
    }
}
