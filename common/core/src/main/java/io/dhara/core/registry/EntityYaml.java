package io.dhara.core.registry;

import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.EntitySchema.CacheConfig;
import io.dhara.core.model.EntitySchema.KeyColumn;
import io.dhara.core.model.FeatureGroupSchema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A file that describes one entity: its keys, its caches and its feature groups. */
final class EntityYaml {
    private final String file;
    private final Map<String, String> places;
    private final List<SchemaProblem> problems;

    private EntityYaml(String file, Map<String, String> places, List<SchemaProblem> problems) {
        this.file = file;
        this.places = places;
        this.problems = problems;
    }

    /** Null when it has problems, which are added to the list. */
    static @Nullable EntitySchema read(
            String file, YamlNode root, Map<String, String> places, List<SchemaProblem> problems) {
        return new EntityYaml(file, places, problems).entity(root);
    }

    private @Nullable EntitySchema entity(YamlNode root) {
        int before = problems.size();
        YamlFields fields = new YamlFields(file, "the entity file", root, problems);
        String label = fields.requiredText("entity");
        places.put(label, fields.place());
        List<KeyColumn> keys = keys(label, fields);
        CacheConfig inMemory = CacheConfig.OFF;
        CacheConfig distributed = CacheConfig.OFF;
        YamlNode cachesNode = fields.node("caches");
        if (cachesNode != null) {
            YamlFields caches = new YamlFields(file, "caches of " + label, cachesNode, problems);
            inMemory = cache(caches, "in-memory");
            distributed = cache(caches, "distributed");
            caches.finish();
        }
        Map<String, FeatureGroupSchema> groups = new TreeMap<>();
        fields.map("groups")
                .forEach(
                        (name, node) -> {
                            FeatureGroupSchema group = group(label, name, node);
                            if (group != null) {
                                groups.put(name, group);
                            }
                        });
        fields.finish();
        return problems.size() == before
                ? new EntitySchema(label, keys, inMemory, distributed, groups)
                : null;
    }

    private List<KeyColumn> keys(String entity, YamlFields fields) {
        List<KeyColumn> keys = new ArrayList<>();
        for (YamlNode node : fields.list("keys")) {
            YamlFields key = new YamlFields(file, "key of entity " + entity, node, problems);
            String name = key.requiredText("name");
            keys.add(new KeyColumn(keys.size(), name, key.text("column", name)));
            key.finish();
        }
        if (keys.isEmpty()) {
            fields.problem(null, "keys of entity " + entity + " must name at least one key");
        }
        return keys;
    }

    private CacheConfig cache(YamlFields caches, String name) {
        YamlNode node = caches.node(name);
        if (node == null) {
            return CacheConfig.OFF;
        }
        YamlFields fields = new YamlFields(file, name + " cache", node, problems);
        int jitter = fields.integer("jitter-percent", 0);
        if (jitter < 0 || jitter > 100) {
            fields.problem(
                    node, "jitter-percent of " + name + " cache must be 0..100: got " + jitter);
        }
        CacheConfig cache =
                new CacheConfig(
                        fields.bool("enabled", false),
                        (int) fields.seconds("ttl", Duration.ZERO).toSeconds(),
                        jitter,
                        fields.integer("connection", 0));
        fields.finish();
        return cache;
    }

    private @Nullable FeatureGroupSchema group(String entity, String label, YamlNode node) {
        int before = problems.size();
        YamlFields fields = new YamlFields(file, "group " + label, node, problems);
        places.put(entity + "/" + label, fields.place());
        GroupYaml group = GroupYaml.read(file, label, fields, problems);
        if (problems.size() != before) {
            return null;
        }
        try {
            return group.build(entity, label);
        } catch (IllegalArgumentException e) {
            fields.problem(null, e.getMessage());
            return null;
        }
    }
}
