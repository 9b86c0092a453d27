package io.dhara.flink.sink;

import io.dhara.core.model.DataType;
import io.dhara.core.model.EntityKey;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.FeatureSpec;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.psdb.PsdbEncoder;
import io.dhara.core.registry.SchemaRegistry;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.flink.config.FixedRegistry;
import io.dhara.flink.config.RegistryFactory;
import io.dhara.flink.source.SourcePosition;
import io.dhara.stores.read.FeatureStoreReader;
import io.dhara.stores.read.StoredRow;
import io.dhara.stores.write.BlockWrite;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** An entity {@code user} with one group of one Int64 feature, in one real store. */
final class TestStores {
    static final int CONF_ID = 3;
    static final String STORE = "1";
    private static final String ENTITY = "user";
    private static final String GROUP = "g";
    private static final SchemaVersion VERSION =
            new SchemaVersion(1, List.of(new FeatureSpec("f", 0, new byte[8], 0, 0)));

    private TestStores() {}

    static SchemaSnapshot snapshot(StoreConfig.Kind kind) {
        FeatureGroupSchema group =
                new FeatureGroupSchema(
                        ENTITY,
                        GROUP,
                        1,
                        STORE,
                        DataType.INT64,
                        Duration.ZERO,
                        "job",
                        true,
                        true,
                        1,
                        1,
                        List.of("seg_0"),
                        Map.of(1, VERSION));
        EntitySchema entity =
                new EntitySchema(
                        ENTITY,
                        List.of(new EntitySchema.KeyColumn(0, "user_id", "user_id")),
                        EntitySchema.CacheConfig.OFF,
                        EntitySchema.CacheConfig.OFF,
                        new TreeMap<>(Map.of(GROUP, group)));
        String table = kind == StoreConfig.Kind.SCYLLA ? "features" : "";
        StoreConfig store =
                new StoreConfig(STORE, CONF_ID, kind, table, List.of("user_id"), 1_024, 1_024, 0);
        return new SchemaSnapshot(
                1, Map.of(ENTITY, entity), Map.of(STORE, store), Map.of(), Map.of());
    }

    /** The registry that shows {@link #snapshot} of this kind. */
    record Registry(StoreConfig.Kind kind) implements RegistryFactory {
        @Override
        public SchemaRegistry open() {
            return new FixedRegistry(snapshot(kind));
        }
    }

    static EntityKey user(long number) {
        return new EntityKey(ENTITY, List.of("u" + number));
    }

    static byte[] block(long value) {
        PsdbEncoder encoder = new PsdbEncoder();
        encoder.begin(DataType.INT64, VERSION, 1, 0, 0);
        encoder.putLong(0, value);
        return encoder.toBlock(false);
    }

    /** The value, written at this time, so greater values win. */
    static PendingWrite write(long user, long value) {
        return write(user, value, block(value));
    }

    static PendingWrite write(long user, long value, byte[] block) {
        return new PendingWrite(
                new BlockWrite(
                        user(user), GROUP, 1, STORE, 1_700_000_000_000_000L + value, 0, block),
                SourcePosition.NONE,
                List.of());
    }

    static List<StoredRow> read(
            FeatureStoreReader reader, SchemaSnapshot snapshot, List<EntityKey> users) {
        EntitySchema entity = snapshot.entities().get(ENTITY);
        return reader.read(
                        snapshot.stores().get(STORE),
                        entity,
                        users,
                        List.copyOf(entity.groups().values()),
                        Instant.now().plusSeconds(20))
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }
}
