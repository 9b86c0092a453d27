package io.dhara.graph.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.graph.InvalidGraphException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One file for each thing a definition is refused for. A file says itself what it is refused for:
 * in its first line, or as {@code refused_because} in a model config.
 */
class BadGraphsTest {
    private static final Path FOLDER = Path.of("src/test/resources/bad-graphs");
    private static final Pattern REFUSED_BECAUSE =
            Pattern.compile("\"refused_because\": \"((?:[^\"\\\\]|\\\\.)*)\"");

    static Stream<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void definition_thatIsBad_isRefusedForWhatItSays(Path file) throws IOException {
        String text = Files.readString(file);
        String name = file.getFileName().toString();
        GraphFiles.Read read =
                GraphFiles.read(Map.of(name, text, "shared.yaml", "expressions: {7: p + m}"));
        GraphDefinition definition = read.definitions().values().iterator().next();

        assertThatThrownBy(
                        () ->
                                GraphCompiler.compile(
                                        definition, Schemas.shop(), GraphLimits.DEFAULT))
                .isInstanceOfSatisfying(
                        InvalidGraphException.class,
                        e ->
                                assertThat(e.problems())
                                        .as(name)
                                        .anySatisfy(
                                                problem ->
                                                        assertThat(problem.toString())
                                                                .startsWith(name)
                                                                .contains(reason(text))));
    }

    @Test
    void catalogue_isNotEmpty() throws IOException {
        List<Path> files = files().toList();

        assertThat(files).hasSizeGreaterThan(70);
    }

    private static String reason(String text) {
        if (text.startsWith("# refused: ")) {
            return text.lines().findFirst().orElseThrow().substring("# refused: ".length());
        }
        Matcher matcher = REFUSED_BECAUSE.matcher(text);
        assertThat(matcher.find()).isTrue();
        return matcher.group(1).replace("\\\"", "\"");
    }
}
