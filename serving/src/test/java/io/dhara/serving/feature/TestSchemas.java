package io.dhara.serving.feature;

import io.dhara.core.model.DataType;
import io.dhara.core.model.EntityKey;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.EntitySchema.CacheConfig;
import io.dhara.core.model.EntitySchema.KeyColumn;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.psdb.PsdbEncoder;
import io.dhara.core.registry.SchemaSnapshot;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Schemas for tests of the read path: entity {@code user} with groups of most types. */
final class TestSchemas {
    static final StoreConfig SCYLLA =
            new StoreConfig(
                    "1",
                    1,
                    StoreConfig.Kind.SCYLLA,
                    "user_features",
                    List.of("user_id"),
                    1024,
                    102_400,
                    0);
    static final StoreConfig REDIS =
            new StoreConfig("2", 2, StoreConfig.Kind.REDIS, "", List.of(), 0, 0, 0);

    private final Map<String, FeatureGroupSchema> groups = new HashMap<>();
    private final List<String> keys = new ArrayList<>(List.of("user_id"));
    private CacheConfig cache = CacheConfig.OFF;
    private CacheConfig distributed = CacheConfig.OFF;
    private long revision = 1;

    /** A float group in Scylla: f1 (default 0.5), and from version 2 on f2 (default -1). */
    static TestSchemas user() {
        TestSchemas schemas = new TestSchemas();
        schemas.group("fp", 0, SCYLLA, DataType.FP32, Duration.ZERO, false)
                .version(1, feature("f1", 0, "0000003f"))
                .version(2, feature("f1", 0, "0000003f"), feature("f2", 1, "000080bf"))
                .done();
        return schemas;
    }

    /** One more group of every shape whose default has a form of its own. */
    TestSchemas withAllShapes() {
        group("profile", 1, SCYLLA, DataType.STRING, Duration.ZERO, false)
                .version(1, new FeatureSpec("city", 0, utf8("unknown"), 16, 0))
                .done();
        group("flags", 2, REDIS, DataType.BOOL, Duration.ZERO, false)
                .version(1, feature("on", 0, "80"), feature("off", 1, "00"))
                .done();
        group("tags", 3, REDIS, DataType.STRING_VECTOR, Duration.ZERO, false)
                .version(
                        1,
                        new FeatureSpec(
                                "t", 0, hex("00000000000000000000" + "0161" + "026262"), 8, 2))
                .done();
        group("bits", 4, REDIS, DataType.BOOL_VECTOR, Duration.ZERO, false)
                .version(1, new FeatureSpec("b", 0, hex("a0"), 0, 3))
                .done();
        group("emb", 5, REDIS, DataType.FP32_VECTOR, Duration.ZERO, false)
                .version(1, new FeatureSpec("e", 0, hex("0000003f000080bf"), 0, 2))
                .done();
        group("n", 6, SCYLLA, DataType.INT64, Duration.ofSeconds(60), false)
                .version(1, feature("i", 0, "0700000000000000"))
                .done();
        return this;
    }

    TestSchemas keys(String... names) {
        keys.clear();
        keys.addAll(List.of(names));
        return this;
    }

    TestSchemas cache(int ttlSeconds, int jitterPercent) {
        cache = new CacheConfig(true, ttlSeconds, jitterPercent, 3);
        return this;
    }

    /** For the groups added from now on. */
    TestSchemas distributedCache(int ttlSeconds, int confId) {
        distributed = new CacheConfig(true, ttlSeconds, 0, confId);
        return this;
    }

    TestSchemas revision(long number) {
        revision = number;
        return this;
    }

    GroupBuilder group(
            String label, int id, StoreConfig store, DataType type, Duration ttl, boolean cached) {
        return new GroupBuilder(this, label, id, store, type, ttl, cached);
    }

    /** The newest version added is the active one. */
    record GroupBuilder(
            TestSchemas schemas,
            String label,
            int id,
            StoreConfig store,
            DataType type,
            Duration ttl,
            boolean cached,
            Map<Integer, SchemaVersion> versions) {
        GroupBuilder(
                TestSchemas schemas,
                String label,
                int id,
                StoreConfig store,
                DataType type,
                Duration ttl,
                boolean cached) {
            this(schemas, label, id, store, type, ttl, cached, new HashMap<>());
        }

        GroupBuilder version(int number, FeatureSpec... features) {
            versions.put(number, new SchemaVersion(number, List.of(features)));
            return this;
        }

        TestSchemas done() {
            schemas.groups.put(
                    label,
                    new FeatureGroupSchema(
                            "user",
                            label,
                            id,
                            store.id(),
                            type,
                            ttl,
                            "job1",
                            cached,
                            schemas.distributed.enabled(),
                            1,
                            versions.keySet().stream().mapToInt(i -> i).max().orElseThrow(),
                            List.of("seg_" + id),
                            versions));
            return schemas;
        }
    }

    SchemaSnapshot snapshot() {
        List<KeyColumn> columns = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            columns.add(new KeyColumn(i, keys.get(i), keys.get(i)));
        }
        EntitySchema entity = new EntitySchema("user", columns, cache, distributed, groups);
        return new SchemaSnapshot(
                revision,
                Map.of("user", entity),
                Map.of("1", SCYLLA, "2", REDIS),
                Map.of(),
                Map.of());
    }

    static FeatureSpec feature(String label, int sequence, String defaultHex) {
        return new FeatureSpec(label, sequence, hex(defaultHex), 0, 0);
    }

    static EntityKey key(String... values) {
        return new EntityKey("user", List.of(values));
    }

    /** A block of the group at one of its versions; what is not put takes its default. */
    static byte[] block(
            SchemaSnapshot snapshot,
            String group,
            int version,
            long expirySeconds,
            boolean compress,
            Consumer<PsdbEncoder> values) {
        FeatureGroupSchema schema = snapshot.entity("user").group(group);
        PsdbEncoder encoder = new PsdbEncoder();
        encoder.begin(schema.dataType(), schema.version(version), 1, expirySeconds, 0);
        values.accept(encoder);
        return encoder.toBlock(compress);
    }

    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
