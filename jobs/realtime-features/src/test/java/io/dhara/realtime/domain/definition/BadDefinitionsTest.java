package io.dhara.realtime.domain.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dhara.core.registry.SchemaProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every file under {@code definitions/bad} says in its first line where it is wrong and why. */
class BadDefinitionsTest {
    private static final Path FILES = Path.of("src/test/resources/definitions/bad");
    private static final Pattern EXPECTED = Pattern.compile("# (line \\d+): (.*)");

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            return files.sorted().toList();
        }
    }

    @Test
    void catalogue_hasAtLeastThirtyFiles() throws IOException {
        assertThat(files()).hasSizeGreaterThanOrEqualTo(30);
    }

    @TestFactory
    Stream<DynamicTest> everyBadFile_isRefusedWithLineAndRemedy() throws IOException {
        return files().stream()
                .map(
                        file ->
                                DynamicTest.dynamicTest(
                                        file.getFileName().toString(), () -> check(file)));
    }

    private static void check(Path file) throws IOException {
        String name = file.getFileName().toString();
        String text = Files.readString(file);
        Matcher expected = EXPECTED.matcher(text.lines().findFirst().orElseThrow());
        assertThat(expected.matches()).as("first line").isTrue();
        InvalidDefinitionException refused =
                catchThrowableOfType(
                        InvalidDefinitionException.class,
                        () -> FeatureDefinitions.read(name, text));
        assertThat(refused).as("refused").isNotNull();
        String place = name + " " + expected.group(1);
        assertThat(refused.problems())
                .as(refused.getMessage())
                .anySatisfy(
                        problem -> {
                            assertThat(problem.place()).isEqualTo(place);
                            assertThat(problem.text()).contains(expected.group(2));
                        });
        // One mistake is one problem, or a few that name the same line or what follows from it.
        assertThat(refused.problems().stream().map(SchemaProblem::text)).hasSizeLessThan(4);
    }
}
