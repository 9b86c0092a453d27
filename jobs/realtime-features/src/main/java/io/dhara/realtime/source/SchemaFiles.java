package io.dhara.realtime.source;

import io.dhara.realtime.domain.definition.FeaturePlan;
import io.dhara.realtime.domain.definition.SourceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the schema files that a definition names, so that a job takes their content with it. */
public final class SchemaFiles {
    private SchemaFiles() {}

    /**
     * Content of each source's schema file by the source's name; empty for sources without one.
     *
     * @param file name of the definition, for the errors
     * @param folder of the definition, which the names are relative to
     * @throws InvalidSourceException with every file that cannot be read or does not give the
     *     source's fields
     */
    public static Map<String, byte[]> read(String file, FeaturePlan plan, Path folder)
            throws InvalidSourceException {
        List<String> problems = new ArrayList<>();
        Map<String, byte[]> schemas = new LinkedHashMap<>();
        for (SourceSpec source : plan.sources()) {
            try {
                byte[] schema =
                        source.schema().isEmpty()
                                ? new byte[0]
                                : Files.readAllBytes(folder.resolve(source.schema()));
                SourceFormats.parser(source, schema);
                schemas.put(source.name(), schema);
            } catch (IOException e) {
                problems.add(
                        file
                                + ": source "
                                + source.name()
                                + ": schema file "
                                + folder.resolve(source.schema())
                                + " cannot be read ("
                                + e.getClass().getSimpleName()
                                + "): it is looked for beside the definition");
            } catch (InvalidSourceException e) {
                e.problems().stream().map(problem -> file + ": " + problem).forEach(problems::add);
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidSourceException(problems);
        }
        return schemas;
    }
}
