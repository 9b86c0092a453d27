package io.dhara.stores.write;

import io.dhara.core.model.DataType;
import io.dhara.core.model.EntityKey;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.psdb.PsdbEncoder;
import io.dhara.core.registry.SchemaSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * An entity {@code user} with two key columns and groups of one Int32Vector feature each, kept in
 * one store of the kind under test; blocks of any length are made by the length of the vector.
 */
public final class TestSchemas {
    public static final int CONF_ID = 7;
    public static final String STORE = "1";
    public static final String ENTITY = "user";
    public static final int COLUMN_BYTES = 32;

    private TestSchemas() {}

    /**
     * @param segments segment columns per group, by the group's id
     */
    public static SchemaSnapshot snapshot(
            StoreConfig.Kind kind, String table, List<List<String>> segments) {
        Map<String, FeatureGroupSchema> groups = new TreeMap<>();
        for (int id = 0; id < segments.size(); id++) {
            groups.put(group(id), schema(id, segments.get(id)));
        }
        EntitySchema entity =
                new EntitySchema(
                        ENTITY,
                        List.of(
                                new EntitySchema.KeyColumn(0, "user_id", "uid"),
                                new EntitySchema.KeyColumn(1, "country", "ctry")),
                        EntitySchema.CacheConfig.OFF,
                        EntitySchema.CacheConfig.OFF,
                        groups);
        StoreConfig store =
                new StoreConfig(
                        STORE,
                        CONF_ID,
                        kind,
                        table,
                        List.of("uid", "ctry"),
                        COLUMN_BYTES,
                        102_400,
                        0);
        return new SchemaSnapshot(
                1, Map.of(ENTITY, entity), Map.of(STORE, store), Map.of(), Map.of());
    }

    private static FeatureGroupSchema schema(int id, List<String> segments) {
        return new FeatureGroupSchema(
                ENTITY,
                group(id),
                id,
                STORE,
                DataType.INT32_VECTOR,
                Duration.ZERO,
                "job",
                true,
                true,
                1,
                1,
                segments,
                Map.of(1, version(1)));
    }

    public static String group(int id) {
        return "g" + id;
    }

    public static EntityKey key(String... values) {
        return new EntityKey(ENTITY, List.of(values));
    }

    /** All groups of the entity, by id. */
    public static List<FeatureGroupSchema> groups(SchemaSnapshot snapshot) {
        Map<String, FeatureGroupSchema> groups = snapshot.entities().get(ENTITY).groups();
        return IntStream.range(0, groups.size()).mapToObj(id -> groups.get(group(id))).toList();
    }

    /** A layout 1 block of {@code 9 + 4 * elements} bytes, each element this value. */
    public static byte[] block(int elements, int value, long expiryEpochSeconds) {
        PsdbEncoder encoder = new PsdbEncoder();
        encoder.begin(DataType.INT32_VECTOR, version(elements), 1, expiryEpochSeconds, 0);
        long[] vector = new long[elements];
        java.util.Arrays.fill(vector, value);
        encoder.putLongs(0, vector, 0, elements);
        return encoder.toBlock(false);
    }

    public static BlockWrite write(
            EntityKey key, int groupId, long micros, long expiryEpochSeconds, byte[] block) {
        return new BlockWrite(
                key, group(groupId), groupId, STORE, micros, expiryEpochSeconds, block);
    }

    /** A write of a small block that never expires. */
    public static BlockWrite write(EntityKey key, int groupId, long micros, int value) {
        return write(key, groupId, micros, 0, block(2, value, 0));
    }

    private static SchemaVersion version(int elements) {
        List<FeatureSpec> features = new ArrayList<>();
        features.add(new FeatureSpec("f", 0, new byte[0], 0, elements));
        return new SchemaVersion(1, features);
    }
}
