package io.dhara.cli;

import io.dhara.core.registry.SchemaProblem;
import io.dhara.realtime.domain.definition.FeatureDefinitions;
import io.dhara.realtime.domain.definition.FeaturePlan;
import io.dhara.realtime.domain.definition.InvalidDefinitionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Feature definitions from files. */
final class DefinitionFiles {
    private DefinitionFiles() {}

    /**
     * @throws CommandFailure if the file cannot be read or is not valid, with everything that is
     *     wrong with it
     */
    static FeaturePlan plan(Path file) {
        try {
            return read(file);
        } catch (InvalidDefinitionException e) {
            throw new CommandFailure("not a valid definition:\n" + e.getMessage(), e);
        }
    }

    /**
     * @throws CommandFailure if the file cannot be read
     */
    static FeaturePlan read(Path file) throws InvalidDefinitionException {
        return FeatureDefinitions.read(file.toString(), text(file));
    }

    /**
     * @throws CommandFailure if the file cannot be read
     */
    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new CommandFailure("cannot read the definition " + file + ": " + e, e);
        }
    }

    static List<Map<String, String>> document(List<SchemaProblem> problems) {
        return problems.stream()
                .map(problem -> Map.of("place", problem.place(), "problem", problem.text()))
                .toList();
    }
}
