package io.dhara.stores.etcd;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.EntitySchema.CacheConfig;
import io.dhara.core.model.EntitySchema.KeyColumn;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.registry.SchemaDraft;
import io.dhara.core.registry.SchemaDraft.EntityDraft;
import io.dhara.core.registry.SchemaProblem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The keys below {@code /config/<app>} as schemas, in the layout of BharatMLStack's control plane
 * ({@code docs/formats/schemas.md}): leaves or JSON objects, field names whatever their case and
 * dashes, labels exactly as in the path. Unknown paths are left alone. Pure.
 */
final class EtcdLayout {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final EtcdNode root;
    private final List<SchemaProblem> problems = new ArrayList<>();
    private final Map<String, StoreConfig> stores = new TreeMap<>();
    private final Set<String> brokenStores = new HashSet<>();

    private EtcdLayout(EtcdNode root) {
        this.root = root;
    }

    /**
     * @param base {@code /config/<app>}, without a slash at its end
     * @param keys value by full key
     */
    static SchemaDraft parse(String base, long revision, Map<String, String> keys) {
        return new EtcdLayout(EtcdNode.tree(base, keys)).draft(revision);
    }

    private SchemaDraft draft(long revision) {
        EtcdNode storage = root.field("storage");
        if (storage != null) {
            storage.entries("stores").forEach(this::readStore);
        }
        Map<String, EntityDraft> entities = new TreeMap<>();
        root.entries("entities")
                .forEach((label, node) -> entities.put(label, readEntity(label, node)));
        EtcdNode security = root.field("security");
        return new SchemaDraft(
                revision,
                stores,
                brokenStores,
                entities,
                security == null ? Map.of() : tokens(security.entries("reader")),
                security == null ? Map.of() : tokens(security.entries("writer")),
                problems);
    }

    private Map<String, String> tokens(Map<String, EtcdNode> callers) {
        Map<String, String> tokens = new HashMap<>();
        callers.forEach(
                (id, node) -> {
                    String token = node.text("token");
                    if (token.isEmpty()) {
                        problem(node, "has no token");
                    } else {
                        tokens.put(id, token);
                    }
                });
        return tokens;
    }

    private void readStore(String id, EtcdNode node) {
        EtcdFields fields = new EtcdFields(node);
        String type = fields.required("db-type");
        StoreConfig.Kind kind = null;
        for (StoreConfig.Kind known : StoreConfig.Kind.values()) {
            kind = known.wireName().equals(type) ? known : kind;
        }
        if (kind == null && !type.isEmpty()) {
            fields.malformed("db-type must be scylla or redis_failover: got " + type);
        }
        boolean scylla = kind == StoreConfig.Kind.SCYLLA;
        int confId = fields.requiredInteger("conf-id");
        String table = scylla ? fields.required("table") : fields.text("table");
        int columnSize =
                scylla
                        ? fields.requiredInteger("max-column-size-in-bytes")
                        : fields.integer("max-column-size-in-bytes");
        List<String> primaryKeys = texts(fields, "primary-keys");
        int rowSize = fields.integer("max-row-size-in-bytes");
        int tableTtl = fields.integer("table-ttl");
        if (!reportIfBroken(node, fields) && kind != null) {
            try {
                stores.put(
                        id,
                        new StoreConfig(
                                id,
                                confId,
                                kind,
                                table,
                                primaryKeys,
                                columnSize,
                                rowSize,
                                tableTtl));
                return;
            } catch (IllegalArgumentException e) {
                problem(node, e.getMessage());
            }
        }
        brokenStores.add(id);
    }

    private EntityDraft readEntity(String label, EtcdNode node) {
        Map<String, FeatureGroupSchema> groups = new TreeMap<>();
        Set<String> broken = new HashSet<>();
        node.entries("feature-groups")
                .forEach(
                        (name, groupNode) -> {
                            FeatureGroupSchema group =
                                    EtcdGroup.read(label, name, groupNode, problems);
                            if (group == null) {
                                broken.add(name);
                            } else {
                                groups.put(name, group);
                            }
                        });
        return new EntityDraft(frame(label, node), groups, broken);
    }

    private @Nullable EntitySchema frame(String label, EtcdNode node) {
        EtcdFields fields = new EtcdFields(node);
        String own = fields.required("label");
        if (!own.isEmpty() && !own.equals(label)) {
            fields.malformed("label must be that of its path, " + label + ": got " + own);
        }
        List<KeyColumn> keys = new ArrayList<>();
        for (Map.Entry<String, EtcdNode> entry : node.entries("keys").entrySet()) {
            EtcdFields key = new EtcdFields(entry.getValue());
            keys.add(
                    new KeyColumn(
                            key.requiredInteger("sequence"),
                            key.required("entity-label"),
                            key.required("column-label")));
            if (!key.problem().isEmpty()) {
                fields.malformed("key " + entry.getKey() + " " + key.problem());
            }
        }
        keys.sort(Comparator.comparingInt(KeyColumn::sequence));
        if (keys.isEmpty()) {
            fields.missing("keys");
        }
        CacheConfig inMemory = cache(fields, node.field("in-memory-cache"));
        CacheConfig distributed = cache(fields, node.field("distributed-cache"));
        if (reportIfBroken(node, fields)) {
            return null;
        }
        try {
            return new EntitySchema(label, keys, inMemory, distributed, Map.of());
        } catch (IllegalArgumentException e) {
            problem(node, e.getMessage());
            return null;
        }
    }

    private static CacheConfig cache(EtcdFields entity, @Nullable EtcdNode node) {
        if (node == null) {
            return CacheConfig.OFF;
        }
        EtcdFields fields = new EtcdFields(node);
        boolean enabled = fields.bool("enabled");
        CacheConfig cache =
                new CacheConfig(
                        enabled,
                        enabled
                                ? fields.requiredInteger("ttl-in-seconds")
                                : fields.integer("ttl-in-seconds"),
                        fields.integer("jitter-percentage"),
                        fields.integer("conf-id"));
        if (!fields.problem().isEmpty()) {
            entity.malformed("cache " + node.path() + " " + fields.problem());
        }
        return cache;
    }

    /** A list as JSON or separated by commas. */
    private static List<String> texts(EtcdFields fields, String name) {
        String text = fields.text(name);
        if (!text.startsWith("[")) {
            return text.isEmpty() ? List.of() : List.of(text.split("\\s*,\\s*", -1));
        }
        List<String> items = new ArrayList<>();
        try {
            for (JsonNode item : JSON.readTree(text)) {
                items.add(item.asText());
            }
        } catch (JsonProcessingException e) {
            fields.malformed(name + " must be a list: got " + text);
        }
        return items;
    }

    private boolean reportIfBroken(EtcdNode node, EtcdFields fields) {
        if (fields.problem().isEmpty()) {
            return false;
        }
        problem(node, fields.problem());
        return true;
    }

    private void problem(EtcdNode node, String text) {
        problems.add(new SchemaProblem(node.path(), text));
    }
}
