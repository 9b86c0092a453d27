package io.dhara.realtime;

import static java.util.Objects.requireNonNull;

import io.dhara.realtime.domain.definition.FeatureDefinitions;
import io.dhara.realtime.domain.definition.FeaturePlan;
import io.dhara.realtime.domain.definition.InvalidDefinitionException;
import java.io.Serializable;

/**
 * A definition as it is shipped to the tasks, which compile it again: a plan is not serializable.
 *
 * @param name of the file, for errors
 * @param text YAML, see {@code docs/formats/feature-definitions.md}
 * @param folder where the schema files are that it names; empty: the working directory. Only there
 *     when the job is submitted
 */
public record DefinitionFile(String name, String text, String folder) implements Serializable {
    public DefinitionFile {
        requireNonNull(name, "name is null");
        requireNonNull(text, "text is null");
        requireNonNull(folder, "folder is null");
    }

    /**
     * Compiles it.
     *
     * @throws IllegalStateException if it is not valid, with everything that is wrong with it; the
     *     reader of the settings has checked it
     */
    public FeaturePlan plan() {
        try {
            return FeatureDefinitions.read(name, text);
        } catch (InvalidDefinitionException e) {
            throw new IllegalStateException("definition " + name + " is not valid", e);
        }
    }
}
