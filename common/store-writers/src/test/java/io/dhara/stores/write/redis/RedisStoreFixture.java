package io.dhara.stores.write.redis;

import static io.dhara.stores.write.TestSchemas.groups;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.EntityKey;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.embedded.SharedServers;
import io.dhara.stores.Endpoint;
import io.dhara.stores.StoreConnections;
import io.dhara.stores.key.RedisKeys;
import io.dhara.stores.read.FeatureStoreReader;
import io.dhara.stores.read.FeatureStoreReaders;
import io.dhara.stores.read.StoredRow;
import io.dhara.stores.redis.RedisConfig;
import io.dhara.stores.write.BlockWrite;
import io.dhara.stores.write.FeatureStoreWriter;
import io.dhara.stores.write.FeatureStoreWriter.Outcome;
import io.dhara.stores.write.FeatureStoreWriters;
import io.dhara.stores.write.TestSchemas;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.params.SetParams;

/** A writer, a reader and a plain client on the shared Redis, and keys of one test. */
abstract class RedisStoreFixture {
    static final SchemaSnapshot SNAPSHOT =
            TestSchemas.snapshot(
                    StoreConfig.Kind.REDIS, "", Collections.nCopies(4, List.of("seg_0")));
    static final long T1 = 1_760_000_000_000_001L;
    static final long T2 = 1_760_000_000_000_002L;

    final long nowSeconds = Instant.now().getEpochSecond();
    final String test = "t" + System.nanoTime();
    final EntityKey key = TestSchemas.key(test, "in");
    FeatureStoreWriter writer;
    FeatureStoreReader reader;
    RedisClient redis;

    @BeforeEach
    void open() {
        StoreConnections connections = connections(SharedServers.redis().port());
        writer = FeatureStoreWriters.open(StoreConfig.Kind.REDIS, connections);
        reader = FeatureStoreReaders.open(connections);
        redis = RedisClient.create("127.0.0.1", SharedServers.redis().port());
    }

    @AfterEach
    void close() {
        writer.close();
        reader.close();
        redis.close();
    }

    static StoreConnections connections(int port) {
        return new StoreConnections(
                Map.of(),
                Map.of(
                        TestSchemas.CONF_ID,
                        RedisConfig.standalone(new Endpoint("127.0.0.1", port))));
    }

    void setRaw(byte[] value) {
        redis.set(RedisKeys.storeKey(key), value, SetParams.setParams().ex(1000));
    }

    byte[] stored() {
        return redis.get(RedisKeys.storeKey(key));
    }

    long expireAt(EntityKey of) {
        long millis = System.currentTimeMillis() + redis.pttl(RedisKeys.storeKey(of));
        return Math.round(millis / 1000.0);
    }

    void assertApplied(BlockWrite... writes) {
        assertThat(sent(writes)).allMatch(Outcome.APPLIED::equals);
    }

    List<Outcome> sent(BlockWrite... writes) {
        return await(writer.write(SNAPSHOT, List.of(writes)));
    }

    StoredRow read() {
        return read(key);
    }

    StoredRow read(EntityKey of) {
        return await(readAll(List.of(of))).get(0);
    }

    CompletionStage<List<StoredRow>> readAll(List<EntityKey> keys) {
        return reader.read(
                SNAPSHOT.stores().get(TestSchemas.STORE),
                SNAPSHOT.entities().get(TestSchemas.ENTITY),
                keys,
                groups(SNAPSHOT),
                Instant.now().plusSeconds(10));
    }

    static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }
}
