package io.dhara.stores.write.schema;

import io.dhara.core.registry.Labels;
import io.dhara.stores.etcd.EtcdKeys;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The puts and deletes that turn the keys in etcd into those of the wanted schemas. Keys that mean
 * the same already are left as the control plane wrote them, and so is everything Dhara does not
 * know. Where a written key has a twin in other case or dashes, or inside a JSON object further up,
 * the twin goes: the peer would read either. Pure.
 *
 * @param puts value by key
 * @param deletes keys
 */
record KeyChanges(Map<String, String> puts, Set<String> deletes) {

    /**
     * @param raw everything below the base as it is
     * @param current keys of the schemas that {@code raw} means
     * @param desired keys of the schemas wanted
     */
    static KeyChanges between(
            Map<String, String> raw, Map<String, String> current, Map<String, String> desired) {
        Map<String, String> puts = new TreeMap<>(desired);
        puts.entrySet().removeIf(put -> put.getValue().equals(current.get(put.getKey())));
        Set<String> deletes = new TreeSet<>();
        Set<String> gone = new TreeSet<>(current.keySet());
        gone.removeAll(desired.keySet());
        for (String json : structsAsJson(raw, desired.keySet())) {
            boolean touched =
                    Stream.concat(puts.keySet().stream(), gone.stream())
                            .anyMatch(key -> isBelow(key, json));
            if (touched) {
                desired.keySet().stream()
                        .filter(key -> isBelow(key, json))
                        .forEach(key -> puts.put(key, desired.get(key)));
                deletes.add(json);
            }
        }
        Map<String, List<String>> rawByFolded =
                raw.keySet().stream().collect(Collectors.groupingBy(Labels::folded));
        for (String key : puts.keySet()) {
            for (String twin : rawByFolded.getOrDefault(Labels.folded(key), List.of())) {
                if (!twin.equals(key)) {
                    deletes.add(twin);
                }
            }
        }
        gone.forEach(
                key -> deletes.addAll(rawByFolded.getOrDefault(Labels.folded(key), List.of())));
        deletes.addAll(leftovers(raw.keySet(), current.keySet(), desired.keySet()));
        deletes.removeAll(puts.keySet());
        return new KeyChanges(puts, deletes);
    }

    /** In the order to write them when one transaction does not hold them all. */
    List<String> ordered() {
        return Stream.concat(puts.keySet().stream(), deletes.stream())
                .sorted(Comparator.comparingInt(this::rank).thenComparing(key -> key))
                .toList();
    }

    /** What hides goes first, what is seen by itself next, what shows something new last. */
    private int rank(String key) {
        if (deletes.contains(key)) {
            return EtcdKeys.activates(key) ? 0 : 3;
        }
        return EtcdKeys.activates(key) ? 2 : 1;
    }

    /** Keys that hold as one JSON object what Dhara writes as leaves below them. */
    private static List<String> structsAsJson(Map<String, String> raw, Set<String> desired) {
        Set<String> parents = new HashSet<>();
        for (String key : desired) {
            String parent = Labels.folded(key);
            do {
                parent = parent.substring(0, parent.lastIndexOf('/'));
            } while (parents.add(parent) && parent.lastIndexOf('/') > 0);
        }
        return raw.entrySet().stream()
                .filter(entry -> entry.getValue().startsWith("{"))
                .map(Map.Entry::getKey)
                .filter(key -> parents.contains(Labels.folded(key)))
                .sorted()
                .toList();
    }

    /** Keys Dhara does not know below an entity or group that goes as a whole. */
    private static Set<String> leftovers(
            Set<String> raw, Set<String> current, Set<String> desired) {
        Set<String> leftovers = new TreeSet<>();
        for (String key : current) {
            boolean gone = !desired.contains(key);
            if (gone && (key.endsWith("/active-version") || isEntityLabel(key))) {
                String owner = key.substring(0, key.lastIndexOf('/'));
                raw.stream().filter(other -> isBelow(other, owner)).forEach(leftovers::add);
            }
        }
        return leftovers;
    }

    private static boolean isEntityLabel(String key) {
        return key.endsWith("/label") && !key.contains("/columns/");
    }

    private static boolean isBelow(String key, String parent) {
        return Labels.folded(key).startsWith(Labels.folded(parent) + "/");
    }
}
