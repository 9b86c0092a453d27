package io.dhara.ingest;

import io.dhara.core.model.DataType;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.registry.DefaultText;
import io.dhara.core.registry.SchemaSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Schemas for tests, group by group. Store 1 is Scylla, store 2 is Redis. */
public final class TestSchemas {
    public static final String SCYLLA = "1";
    public static final String REDIS = "2";
    public static final int VECTOR_LENGTH = 3;
    public static final int STRING_LENGTH = 8;

    private final Map<String, List<EntitySchema.KeyColumn>> keys = new LinkedHashMap<>();
    private final Map<String, Map<String, FeatureGroupSchema>> groups = new LinkedHashMap<>();
    private long revision = 1;
    private int maxColumnSizeBytes = 1024;

    public TestSchemas entity(String label, String... keyLabels) {
        List<EntitySchema.KeyColumn> columns = new ArrayList<>();
        for (String key : keyLabels) {
            columns.add(new EntitySchema.KeyColumn(columns.size(), key, key));
        }
        keys.put(label, columns);
        groups.put(label, new LinkedHashMap<>());
        return this;
    }

    public TestSchemas revision(long number) {
        revision = number;
        return this;
    }

    public TestSchemas maxColumnSize(int bytes) {
        maxColumnSizeBytes = bytes;
        return this;
    }

    /** A group with one version, whose features have the given default. */
    public TestSchemas group(
            String entity,
            String label,
            DataType type,
            String store,
            Duration ttl,
            String byDefault,
            String... features) {
        return group(
                entity, label, type, store, ttl, 1, List.of(version(1, type, byDefault, features)));
    }

    public TestSchemas group(
            String entity,
            String label,
            DataType type,
            String store,
            Duration ttl,
            int layout,
            List<SchemaVersion> versions) {
        Map<String, FeatureGroupSchema> known = groups.get(entity);
        Map<Integer, SchemaVersion> byNumber = new LinkedHashMap<>();
        versions.forEach(version -> byNumber.put(version.version(), version));
        known.put(
                label,
                new FeatureGroupSchema(
                        entity,
                        label,
                        known.size(),
                        store,
                        type,
                        ttl,
                        "feature-ingest",
                        true,
                        false,
                        layout,
                        versions.get(0).version(),
                        store.equals(SCYLLA) ? List.of("seg_" + known.size()) : List.of(),
                        byNumber));
        return this;
    }

    /** Strings have {@link #STRING_LENGTH}, vectors {@link #VECTOR_LENGTH}. */
    public static SchemaVersion version(
            int number, DataType type, String byDefault, String... labels) {
        int vectorLength = type.isVector() ? VECTOR_LENGTH : 0;
        int stringLength = type.kind() == DataType.Kind.STRING ? STRING_LENGTH : 0;
        List<String> elements = Collections.nCopies(Math.max(1, vectorLength), byDefault);
        byte[] bytes = DefaultText.toBytes(type, elements, stringLength);
        List<FeatureSpec> features = new ArrayList<>();
        for (String label : labels) {
            features.add(
                    new FeatureSpec(label, features.size(), bytes, stringLength, vectorLength));
        }
        return new SchemaVersion(number, features);
    }

    public SchemaSnapshot build() {
        Map<String, EntitySchema> entities = new LinkedHashMap<>();
        keys.forEach(
                (label, columns) ->
                        entities.put(
                                label,
                                new EntitySchema(
                                        label,
                                        columns,
                                        EntitySchema.CacheConfig.OFF,
                                        EntitySchema.CacheConfig.OFF,
                                        groups.get(label))));
        return new SchemaSnapshot(
                revision,
                entities,
                Map.of(
                        SCYLLA,
                        new StoreConfig(
                                SCYLLA,
                                1,
                                StoreConfig.Kind.SCYLLA,
                                "features",
                                List.of("user_id"),
                                maxColumnSizeBytes,
                                0,
                                0),
                        REDIS,
                        new StoreConfig(
                                REDIS, 2, StoreConfig.Kind.REDIS, "", List.of(), 1024, 0, 0)),
                Map.of(),
                Map.of());
    }
}
