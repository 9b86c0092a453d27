package io.dhara.stores.write.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.EntityKey;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.stores.StoreConnections;
import io.dhara.stores.read.FeatureStoreReader;
import io.dhara.stores.read.FeatureStoreReaders;
import io.dhara.stores.read.StoredRow;
import io.dhara.stores.write.FeatureStoreWriter;
import io.dhara.stores.write.FeatureStoreWriter.Outcome;
import io.dhara.stores.write.FeatureStoreWriters;
import io.dhara.stores.write.TestSchemas;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** A real sentinel that promotes a replica: writer and reader follow the master. */
final class RedisSentinelITCase {
    private static final Duration FOLLOWS_WITHIN = Duration.ofSeconds(60);
    private static final long T1 = 1_760_000_000_000_001L;
    private static final SchemaSnapshot SNAPSHOT =
            TestSchemas.snapshot(
                    StoreConfig.Kind.REDIS, "", Collections.nCopies(1, List.of("seg_0")));

    @Test
    void master_killed_writerAndReaderFollowTheNewOne(@TempDir Path dir) throws Exception {
        EntityKey key = TestSchemas.key("u", "in");
        try (EmbeddedSentinel sentinel = EmbeddedSentinel.start(dir)) {
            StoreConnections connections =
                    new StoreConnections(Map.of(), Map.of(TestSchemas.CONF_ID, sentinel.config()));
            try (FeatureStoreWriter writer =
                            FeatureStoreWriters.open(StoreConfig.Kind.REDIS, connections);
                    FeatureStoreReader reader = FeatureStoreReaders.open(connections)) {
                assertWrittenAndRead(writer, reader, key, 1);
                sentinel.master().kill();
                assertWrittenAndRead(writer, reader, key, 2);
            }
            try (Jedis promoted = new Jedis("127.0.0.1", sentinel.replica().port())) {
                assertThat(promoted.role().get(0)).isEqualTo("master");
            }
        }
    }

    private static void assertWrittenAndRead(
            FeatureStoreWriter writer, FeatureStoreReader reader, EntityKey key, int value) {
        Awaitility.await()
                .atMost(FOLLOWS_WITHIN)
                .until(() -> write(writer, key, value).equals(Outcome.APPLIED));
        Awaitility.await()
                .atMost(FOLLOWS_WITHIN)
                .until(
                        () -> {
                            StoredRow row = read(reader, key);
                            return row.failure() == null
                                    && Arrays.equals(
                                            row.blocks().get(0).block(),
                                            TestSchemas.block(2, value, 0));
                        });
    }

    private static Outcome write(FeatureStoreWriter writer, EntityKey key, int value) {
        return writer.write(SNAPSHOT, List.of(TestSchemas.write(key, 0, T1 + value, value)))
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join()
                .get(0);
    }

    private static StoredRow read(FeatureStoreReader reader, EntityKey key) {
        return reader.read(
                        SNAPSHOT.stores().get(TestSchemas.STORE),
                        SNAPSHOT.entities().get(TestSchemas.ENTITY),
                        List.of(key),
                        TestSchemas.groups(SNAPSHOT),
                        Instant.now().plusSeconds(2))
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join()
                .get(0);
    }
}
