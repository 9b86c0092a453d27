package io.dhara.stores.etcd;

import io.dhara.core.registry.Labels;
import io.dhara.core.registry.SchemaDraft;
import io.dhara.core.registry.SchemaDraft.EntityDraft;
import io.dhara.core.registry.SchemaProblem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@link EtcdLayout} that reads again only the entities whose keys changed since the last time: of
 * thousands of groups a change concerns a few. Not thread-safe.
 */
final class IncrementalLayout {
    private final String base;
    private final String entitiesPath;
    private Map<String, Parsed> parsed = Map.of();

    /** Keys of one entity and what they gave. */
    private record Parsed(Map<String, String> keys, SchemaDraft draft) {}

    IncrementalLayout(String base) {
        this.base = base;
        this.entitiesPath = base + "/entities/";
    }

    /** The same as {@link EtcdLayout#parse}. */
    SchemaDraft parse(long revision, Map<String, String> keys) {
        Map<String, Map<String, String>> byEntity = new TreeMap<>();
        Map<String, String> rest = new HashMap<>();
        keys.forEach(
                (key, value) -> {
                    int end = key.indexOf('/', entitiesPath.length());
                    boolean ofEntity = key.startsWith(entitiesPath) && end > 0;
                    Map<String, String> group =
                            ofEntity
                                    ? byEntity.computeIfAbsent(
                                            key.substring(entitiesPath.length(), end),
                                            label -> new HashMap<>())
                                    : rest;
                    group.put(key, value);
                });
        String folded = Labels.folded(base + "/entities");
        if (rest.keySet().stream().anyMatch(key -> Labels.folded(key).startsWith(folded))) {
            // Entities as JSON or under a path in other case: parts of one may be in two places.
            parsed = Map.of();
            return EtcdLayout.parse(base, revision, keys);
        }
        Map<String, Parsed> next = new HashMap<>();
        byEntity.forEach(
                (label, own) -> {
                    Parsed before = parsed.get(label);
                    boolean same = before != null && before.keys().equals(own);
                    next.put(
                            label,
                            same ? before : new Parsed(own, EtcdLayout.parse(base, revision, own)));
                });
        parsed = next;
        return combined(EtcdLayout.parse(base, revision, rest));
    }

    private SchemaDraft combined(SchemaDraft rest) {
        Map<String, EntityDraft> entities = new TreeMap<>();
        List<SchemaProblem> problems = new ArrayList<>(rest.problems());
        for (Parsed entity : parsed.values()) {
            entities.putAll(entity.draft().entities());
            problems.addAll(entity.draft().problems());
        }
        return new SchemaDraft(
                rest.revision(),
                rest.stores(),
                rest.brokenStores(),
                entities,
                rest.readerTokens(),
                rest.writerTokens(),
                problems);
    }
}
