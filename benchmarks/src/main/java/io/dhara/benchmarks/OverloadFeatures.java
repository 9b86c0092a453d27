package io.dhara.benchmarks;

import static java.util.Objects.requireNonNull;

import io.dhara.core.model.EntityKey;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.SchemaVersion;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.psdb.PsdbEncoder;
import io.dhara.core.registry.FileSchemaRegistry;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.proto.v1.GroupSelector;
import io.dhara.proto.v1.RetrieveRequest;
import io.dhara.stores.Endpoint;
import io.dhara.stores.StoreConnections;
import io.dhara.stores.redis.RedisConfig;
import io.dhara.stores.write.BlockWrite;
import io.dhara.stores.write.FeatureStoreWriter;
import io.dhara.stores.write.FeatureStoreWriter.Outcome;
import io.dhara.stores.write.FeatureStoreWriters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * An entity with one group of FP32 features in Redis, and requests for it.
 *
 * @param schemas folder of its schema
 * @param items stored
 * @param features of each
 */
record OverloadFeatures(Path schemas, int items, int features) {
    private static final String ENTITY = "item";
    private static final String GROUP = "scores";
    private static final int CONNECTION = 2;

    /** Writes the schema. */
    static OverloadFeatures in(Path folder, int items, int features) throws IOException {
        Path schemas = Files.createDirectories(folder.resolve("schemas"));
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < features; i++) {
            names.append("          - {name: f" + i + ", default: 0}\n");
        }
        Files.writeString(
                schemas.resolve("stores.yaml"),
                "stores:\n  \""
                        + CONNECTION
                        + "\": {kind: redis, connection: "
                        + CONNECTION
                        + "}\n");
        Files.writeString(
                schemas.resolve(ENTITY + ".yaml"),
                """
                entity: item
                keys:
                  - {name: item_id, column: item_id}
                caches:
                  in-memory: {enabled: true, ttl: 10 min, jitter-percent: 10, connection: 3}
                  distributed: {enabled: false}
                groups:
                  scores:
                    id: 0
                    store: 2
                    type: FP32
                    ttl: 0 s
                    job: bench
                    in-memory-cache: true
                    active-version: 1
                    versions:
                      1:
                        features:
                """
                        + names);
        return new OverloadFeatures(schemas, items, features);
    }

    /** Writes every item as the ingestion job does. */
    void fill(int redisPort) {
        StoreConnections connections =
                new StoreConnections(
                        Map.of(),
                        Map.of(
                                CONNECTION,
                                RedisConfig.standalone(new Endpoint("127.0.0.1", redisPort))));
        try (FileSchemaRegistry registry = FileSchemaRegistry.open(schemas, Duration.ofHours(1));
                FeatureStoreWriter writer =
                        FeatureStoreWriters.open(StoreConfig.Kind.REDIS, connections)) {
            SchemaSnapshot snapshot = registry.current();
            List<BlockWrite> writes = new ArrayList<>();
            for (int item = 0; item < items; item++) {
                writes.add(write(snapshot, item));
            }
            List<Outcome> outcomes = writer.write(snapshot, writes).toCompletableFuture().join();
            if (!outcomes.stream().allMatch(Outcome.APPLIED::equals)) {
                throw new IllegalStateException("Redis did not take every item: " + outcomes);
            }
        }
    }

    private BlockWrite write(SchemaSnapshot snapshot, int item) {
        EntitySchema entity = requireNonNull(snapshot.entities().get(ENTITY));
        FeatureGroupSchema group = requireNonNull(entity.group(GROUP));
        SchemaVersion version = group.active();
        long micros = System.currentTimeMillis() * 1_000;
        PsdbEncoder encoder = new PsdbEncoder();
        encoder.begin(group.dataType(), version, group.layoutVersion(), 0, micros);
        for (int i = 0; i < features; i++) {
            encoder.putDouble(i, item + i / 100.0);
        }
        return new BlockWrite(
                new EntityKey(ENTITY, List.of(name(item))),
                GROUP,
                group.id(),
                group.storeId(),
                micros,
                0,
                encoder.toBlock(false));
    }

    private static String name(int item) {
        return "item-" + item;
    }

    /** All features of some items, chosen at random. */
    RetrieveRequest request(SplittableRandom random, int ids) {
        RetrieveRequest.Builder request =
                RetrieveRequest.newBuilder()
                        .setEntity(ENTITY)
                        .addGroups(GroupSelector.newBuilder().setGroup(GROUP));
        for (int i = 0; i < ids; i++) {
            request.addKeysBuilder().addValues(name(random.nextInt(items)));
        }
        return request.build();
    }
}
