package io.dhara.cli;

import io.dhara.graph.config.GraphFiles;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the wanted graphs are. */
final class GraphOptions {
    private static final String FOLDER = "graphs";

    @Option(
            names = "--graphs",
            paramLabel = "DIR",
            description = {
                "Folder of the wanted graphs. Default: graphs in DIR or beside it;",
                "without either the graphs in force stay."
            })
    private @Nullable Path graphs;

    /**
     * Text by file name, or null when no graphs are given.
     *
     * @param schemas folder of the wanted schemas
     * @throws CommandFailure if the folder cannot be read
     */
    @Nullable Map<String, String> files(Path schemas) {
        Path folder = graphs == null ? of(schemas) : graphs;
        if (graphs == null && !Files.isDirectory(folder)) {
            return null;
        }
        try {
            return GraphFiles.readFolder(folder);
        } catch (UncheckedIOException e) {
            throw new CommandFailure(
                    "cannot read the graphs in " + folder + ": " + e.getCause().getMessage(), e);
        }
    }

    /** The graphs that go with a folder of schemas: in it, or else beside it. */
    static Path of(Path schemas) {
        Path inside = schemas.resolve(FOLDER);
        return Files.isDirectory(inside)
                ? inside
                : schemas.toAbsolutePath().normalize().resolveSibling(FOLDER);
    }
}
