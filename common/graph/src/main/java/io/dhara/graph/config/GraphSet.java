package io.dhara.graph.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.dhara.core.registry.SchemaProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The graphs of one state of a source, read and not yet compiled.
 *
 * @param definitions by model id
 * @param problems of what could not be read
 */
public record GraphSet(Map<String, GraphDefinition> definitions, List<SchemaProblem> problems) {
    public static final GraphSet EMPTY = new GraphSet(Map.of(), List.of());

    public GraphSet {
        definitions = java.util.Collections.unmodifiableMap(new TreeMap<>(definitions));
        problems = List.copyOf(problems);
    }

    /** Of files, text by name. */
    public static GraphSet ofFiles(Map<String, String> files) {
        return of(files, "", Map.of());
    }

    /**
     * Of files and the model configs beside them in etcd. A model in a file wins.
     *
     * @param files text by name; those among the keys are passed over
     * @param keys value by full key
     */
    public static GraphSet of(Map<String, String> files, String base, Map<String, String> keys) {
        GraphFiles.Read read = GraphFiles.read(files);
        Map<String, GraphDefinition> definitions = new TreeMap<>(read.definitions());
        List<SchemaProblem> problems = new ArrayList<>();
        read.problems().values().forEach(problems::addAll);
        Map<String, String> unread = new TreeMap<>();
        Map<String, JsonNode> configs = EtcdGraphKeys.modelConfigs(base, keys, unread);
        configs.forEach(
                (model, json) ->
                        definitions.computeIfAbsent(
                                model,
                                id ->
                                        ModelConfigJson.read(
                                                id,
                                                base + "/config-map/" + id,
                                                json,
                                                read.expressions())));
        unread.forEach((key, problem) -> problems.add(new SchemaProblem(key, problem)));
        return new GraphSet(definitions, problems);
    }
}
