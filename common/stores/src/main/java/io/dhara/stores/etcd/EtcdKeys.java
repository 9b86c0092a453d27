package io.dhara.stores.etcd;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.EntitySchema.CacheConfig;
import io.dhara.core.model.EntitySchema.KeyColumn;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.registry.BlockSize;
import io.dhara.core.registry.DefaultText;
import io.dhara.core.registry.SchemaSnapshot;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A snapshot as the keys that BharatMLStack's control plane would write for it, the counterpart of
 * {@link EtcdLayout}. Pure.
 */
public final class EtcdKeys {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String base;
    private final SchemaSnapshot snapshot;
    private final Map<String, String> keys = new TreeMap<>();

    private EtcdKeys(String base, SchemaSnapshot snapshot) {
        this.base = base;
        this.snapshot = snapshot;
    }

    /**
     * @param base {@code /config/<app>}, without a slash at its end
     * @return value by full key
     */
    public static Map<String, String> of(String base, SchemaSnapshot snapshot) {
        EtcdKeys writer = new EtcdKeys(base, snapshot);
        snapshot.readerTokens().forEach((id, token) -> writer.putToken("reader", id, token));
        snapshot.writerTokens().forEach((id, token) -> writer.putToken("writer", id, token));
        snapshot.stores().values().forEach(writer::putStore);
        snapshot.entities().values().forEach(writer::putEntity);
        return writer.keys;
    }

    /**
     * Whether this key is what makes a new version, group or entity seen: written after all others,
     * so that whatever stops a writer half way leaves nothing half seen.
     */
    public static boolean activates(String key) {
        return key.endsWith("/active-version")
                || key.endsWith("/label") && !key.contains("/columns/");
    }

    private void putToken(String role, String id, String token) {
        put("security/" + role + "/" + id, json(JSON.createObjectNode().put("token", token)));
    }

    private void putStore(StoreConfig store) {
        ObjectNode json = JSON.createObjectNode();
        json.put("conf-id", store.confId());
        json.put("db-type", store.kind().wireName());
        json.put("max-column-size-in-bytes", store.maxColumnSizeBytes());
        json.put("max-row-size-in-bytes", store.maxRowSizeBytes());
        store.primaryKeys().forEach(json.putArray("primary-keys")::add);
        json.put("table", store.table());
        json.put("table-ttl", store.tableTtlSeconds());
        put("storage/stores/" + store.id(), json(json));
    }

    private void putEntity(EntitySchema entity) {
        String path = "entities/" + entity.label();
        put(path + "/label", entity.label());
        for (KeyColumn key : entity.keys()) {
            String keyPath = path + "/keys/" + key.sequence();
            put(keyPath + "/sequence", key.sequence());
            put(keyPath + "/entity-label", key.entityLabel());
            put(keyPath + "/column-label", key.columnLabel());
        }
        putCache(path + "/distributed-cache", entity.distributedCache());
        putCache(path + "/in-memory-cache", entity.inMemoryCache());
        for (FeatureGroupSchema group : entity.groups().values()) {
            putGroup(path + "/feature-groups/" + group.label(), group);
        }
    }

    private void putCache(String path, CacheConfig cache) {
        put(path + "/enabled", cache.enabled());
        put(path + "/ttl-in-seconds", cache.ttlSeconds());
        put(path + "/jitter-percentage", cache.jitterPercent());
        put(path + "/conf-id", cache.confId());
    }

    private void putGroup(String path, FeatureGroupSchema group) {
        put(path + "/id", group.id());
        put(path + "/store-id", group.storeId());
        put(path + "/data-type", group.dataType().wireName());
        put(path + "/ttl-in-seconds", group.ttl().toSeconds());
        put(path + "/job-id", group.jobId());
        put(path + "/in-memory-cache-enabled", group.inMemoryCacheEnabled());
        put(path + "/distributed-cache-enabled", group.distributedCacheEnabled());
        put(path + "/layout-version", group.layoutVersion());
        put(path + "/active-version", group.activeVersion());
        putColumns(path + "/columns/", group);
        for (SchemaVersion version : group.versions().values()) {
            putVersion(path + "/features/" + version.version(), group, version);
        }
    }

    /** With the bytes each column can hold at most, which the control plane fills up later. */
    private void putColumns(String path, FeatureGroupSchema group) {
        int columnSize = snapshot.storeOf(group).maxColumnSizeBytes();
        long rest = BlockSize.longest(group);
        for (String column : group.columns()) {
            long size = Math.min(rest, columnSize);
            put(path + column + "/label", column);
            put(path + column + "/current-size-in-bytes", size);
            rest -= size;
        }
    }

    private void putVersion(String path, FeatureGroupSchema group, SchemaVersion version) {
        List<FeatureSpec> features = version.features();
        put(
                path + "/labels",
                features.stream().map(FeatureSpec::label).collect(Collectors.joining(",")));
        put(
                path + "/default-values",
                features.stream()
                        .map(feature -> DefaultText.toText(group.dataType(), feature))
                        .collect(Collectors.joining(",")));
        ObjectNode meta = JSON.createObjectNode();
        for (FeatureSpec feature : features) {
            ObjectNode json = meta.putObject(feature.label());
            json.put("sequence", feature.sequence());
            json.put("default-value", feature.defaultBytes());
            json.put("string-length", feature.stringLength());
            json.put("vector-length", feature.vectorLength());
        }
        put(path + "/feature-meta", json(meta));
    }

    private void put(String path, Object value) {
        keys.put(base + "/" + path, String.valueOf(value));
    }

    private static String json(ObjectNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON object could not be written", e);
        }
    }
}
