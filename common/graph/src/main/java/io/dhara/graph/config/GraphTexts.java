package io.dhara.graph.config;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Turns successive states of a source's files into what {@link PlanFeed} takes. Remembers which
 * model a file described, so that a file that no longer can be read is not taken for one that is
 * gone. Not thread-safe.
 */
final class GraphTexts {
    private final Map<String, String> modelOfFile = new HashMap<>();

    /**
     * @param definitions by model id
     * @param unread why, by model id or else by file
     * @param expressions texts by the id that model configs call them by
     */
    record State(
            Map<String, GraphDefinition> definitions,
            Map<String, String> unread,
            Map<String, String> expressions) {}

    State read(Map<String, String> files) {
        GraphFiles.Read read = GraphFiles.read(files);
        modelOfFile.keySet().retainAll(files.keySet());
        read.files().forEach((model, file) -> modelOfFile.put(file, model));
        Map<String, String> unread = new TreeMap<>();
        read.problems()
                .forEach(
                        (file, problems) -> {
                            String model = modelOfFile.get(file);
                            boolean elsewhere =
                                    model == null || read.definitions().containsKey(model);
                            unread.put(
                                    elsewhere ? file : model,
                                    String.join(
                                            "; ",
                                            problems.stream().map(Object::toString).toList()));
                        });
        return new State(read.definitions(), unread, read.expressions());
    }
}
