package io.dhara.localstack;

import io.dhara.realtime.domain.definition.FeatureDefinitions;
import io.dhara.realtime.domain.definition.FeaturePlan;
import io.dhara.realtime.domain.definition.InvalidDefinitionException;
import io.dhara.realtime.domain.definition.SourceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A feature definition that a stack runs a job of.
 *
 * @param plan compiled
 */
record FeatureDefinitionFile(Path file, FeaturePlan plan) {

    /**
     * Those of a folder, by name; none if it is not there.
     *
     * @throws IOException if one is not valid, with everything that is wrong with it
     */
    static List<FeatureDefinitionFile> ofFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<FeatureDefinitionFile> definitions = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(FeatureDefinitionFile::isYaml).sorted().toList()) {
                FeaturePlan plan = FeatureDefinitions.read(file.toString(), Files.readString(file));
                definitions.add(new FeatureDefinitionFile(file, plan));
            }
        } catch (InvalidDefinitionException e) {
            throw new IOException("a definition is not valid: " + e.getMessage(), e);
        }
        return definitions;
    }

    private static boolean isYaml(Path file) {
        return file.getFileName().toString().endsWith(".yaml");
    }

    /** The topics that all of them read. */
    static SortedSet<String> topics(List<FeatureDefinitionFile> definitions) {
        SortedSet<String> topics = new TreeSet<>();
        for (FeatureDefinitionFile definition : definitions) {
            definition.plan().sources().stream().map(SourceSpec::topic).forEach(topics::add);
        }
        return topics;
    }
}
