package io.dhara.core.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dhara.core.config.Units;
import io.dhara.core.model.DataType;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.EntitySchema.CacheConfig;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.model.StoreConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** A snapshot as the files {@link YamlSchemas} reads, whatever source it came from. Pure. */
public final class SchemaYaml {
    private static final String HIDDEN = "(hidden)";
    private static final YAMLMapper YAML =
            YAMLMapper.builder()
                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                    .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    .disable(YAMLGenerator.Feature.SPLIT_LINES)
                    .build();

    private SchemaYaml() {}

    /**
     * Text by file name: the stores, the callers and one file per entity.
     *
     * @param withTokens whether tokens are shown; else the security file cannot be read back
     */
    public static Map<String, String> files(SchemaSnapshot snapshot, boolean withTokens) {
        Map<String, String> files = new TreeMap<>();
        files.put(YamlSchemas.STORES_FILE, text(stores(snapshot)));
        files.put(YamlSchemas.SECURITY_FILE, text(security(snapshot, withTokens)));
        for (EntitySchema entity : snapshot.entities().values()) {
            files.put(entity.label() + ".yaml", text(entity(entity)));
        }
        return files;
    }

    private static ObjectNode stores(SchemaSnapshot snapshot) {
        ObjectNode root = YAML.createObjectNode();
        ObjectNode stores = root.putObject("stores");
        for (StoreConfig store : snapshot.stores().values()) {
            ObjectNode node = stores.putObject(store.id());
            node.put("kind", store.kind() == StoreConfig.Kind.SCYLLA ? "scylla" : "redis");
            node.put("connection", store.confId());
            if (!store.table().isEmpty()) {
                node.put("table", store.table());
            }
            if (!store.primaryKeys().isEmpty()) {
                putAll(node.putArray("primary-keys"), store.primaryKeys());
            }
            if (store.maxColumnSizeBytes() > 0) {
                node.put("max-column-size-in-bytes", store.maxColumnSizeBytes());
            }
            if (store.maxRowSizeBytes() > 0) {
                node.put("max-row-size-in-bytes", store.maxRowSizeBytes());
            }
            if (store.tableTtlSeconds() > 0) {
                node.put("table-ttl", seconds(store.tableTtlSeconds()));
            }
        }
        return root;
    }

    private static ObjectNode security(SchemaSnapshot snapshot, boolean withTokens) {
        UnaryOperator<String> shown = token -> withTokens ? token : HIDDEN;
        ObjectNode root = YAML.createObjectNode();
        ObjectNode readers = root.putObject("readers");
        new TreeMap<>(snapshot.readerTokens())
                .forEach((id, token) -> readers.put(id, shown.apply(token)));
        ObjectNode writers = root.putObject("writers");
        new TreeMap<>(snapshot.writerTokens())
                .forEach((id, token) -> writers.put(id, shown.apply(token)));
        return root;
    }

    private static ObjectNode entity(EntitySchema entity) {
        ObjectNode root = YAML.createObjectNode();
        root.put("entity", entity.label());
        ArrayNode keys = root.putArray("keys");
        for (EntitySchema.KeyColumn key : entity.keys()) {
            keys.addObject().put("name", key.entityLabel()).put("column", key.columnLabel());
        }
        ObjectNode caches = root.putObject("caches");
        putCache(caches.putObject("in-memory"), entity.inMemoryCache());
        putCache(caches.putObject("distributed"), entity.distributedCache());
        ObjectNode groups = root.putObject("groups");
        for (FeatureGroupSchema group : entity.groups().values()) {
            putGroup(groups.putObject(group.label()), group);
        }
        return root;
    }

    private static void putCache(ObjectNode node, CacheConfig cache) {
        node.put("enabled", cache.enabled());
        node.put("ttl", seconds(cache.ttlSeconds()));
        node.put("jitter-percent", cache.jitterPercent());
        node.put("connection", cache.confId());
    }

    private static void putGroup(ObjectNode node, FeatureGroupSchema group) {
        node.put("id", group.id());
        node.put("store", group.storeId());
        node.put("type", group.dataType().wireName().substring("DataType".length()));
        node.put("ttl", Units.text(group.ttl()));
        if (!group.jobId().isEmpty()) {
            node.put("job", group.jobId());
        }
        node.put("layout", group.layoutVersion());
        node.put("in-memory-cache", group.inMemoryCacheEnabled());
        node.put("distributed-cache", group.distributedCacheEnabled());
        if (!group.columns().isEmpty()) {
            putAll(node.putArray("segments"), group.columns());
        }
        node.put("active-version", group.activeVersion());
        ObjectNode versions = node.putObject("versions");
        for (SchemaVersion version : group.versions().values()) {
            ArrayNode features =
                    versions.putObject(String.valueOf(version.version())).putArray("features");
            for (FeatureSpec feature : version.features()) {
                putFeature(features.addObject(), group.dataType(), feature);
            }
        }
    }

    private static void putFeature(ObjectNode node, DataType type, FeatureSpec feature) {
        node.put("name", feature.label());
        if (type.kind() == DataType.Kind.STRING) {
            node.put("string-length", feature.stringLength());
        }
        if (type.isVector()) {
            node.put("vector-length", feature.vectorLength());
        }
        List<String> elements = DefaultText.toElements(type, feature);
        if (type.isVector() && !elements.isEmpty()) {
            putAll(node.putArray("default"), elements);
        } else if (!elements.isEmpty()) {
            node.put("default", elements.get(0));
        }
    }

    private static void putAll(ArrayNode node, List<String> texts) {
        texts.forEach(node::add);
    }

    private static String seconds(int seconds) {
        return Units.text(Duration.ofSeconds(seconds));
    }

    private static String text(ObjectNode node) {
        try {
            return YAML.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a schema could not be written as YAML", e);
        }
    }
}
