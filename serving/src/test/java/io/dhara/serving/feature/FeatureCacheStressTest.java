package io.dhara.serving.feature;

import static io.dhara.serving.feature.TestSchemas.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.DataType;
import io.dhara.core.model.EntityKey;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.stores.read.FeatureStoreReader;
import io.dhara.stores.read.StoredRow;
import io.dhara.testkit.InMemoryFeatureStoreReader;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

/**
 * Writers write, invalidate and acknowledge; readers read through the cache over a store that
 * answers late and out of order. No reader may see less than what was acknowledged before it began.
 */
class FeatureCacheStressTest {
    private static final int KEYS = 24;
    private static final int READS_PER_READER = 20_000;

    @Test
    void readThroughTheCache_isNeverOlderThanAnAcknowledgedWrite() throws Exception {
        long seed = System.nanoTime();
        System.out.println("FeatureCacheStressTest seed " + seed);
        SchemaSnapshot snapshot =
                TestSchemas.user()
                        .cache(60, 10)
                        .group("n", 1, TestSchemas.SCYLLA, DataType.INT64, Duration.ZERO, true)
                        .version(1, TestSchemas.feature("i", 0, "0000000000000000"))
                        .done()
                        .snapshot();
        InMemoryFeatureStoreReader stored = new InMemoryFeatureStoreReader();
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        FeatureCache cache =
                new FeatureCache(1 << 20, () -> true, System::nanoTime, bound -> 0, meters);
        ExecutorService storeThreads = Executors.newFixedThreadPool(3);
        ExecutorService callers = Executors.newFixedThreadPool(4);
        FeatureStoreReader store = new ShufflingStore(stored, storeThreads);
        FeatureReader reader =
                new FeatureReader(
                        store,
                        store,
                        cache,
                        new BlockIntake(),
                        Clock.systemUTC(),
                        new ReadMeters(meters));
        ReadPlan plan =
                ReadPlanner.plan(
                        snapshot,
                        "user",
                        List.of(new GroupRequest("n", List.of("i"))),
                        Dialect.DHARA);
        AtomicLongArray acknowledged = new AtomicLongArray(KEYS);
        AtomicBoolean reading = new AtomicBoolean(true);
        byte[] block = TestSchemas.block(snapshot, "n", 1, 0, false, e -> e.putLong(0, 1));

        Future<?> writer =
                callers.submit(
                        () -> {
                            SplittableRandom random = new SplittableRandom(seed);
                            for (int write = 1; reading.get(); write++) {
                                int k = random.nextInt(KEYS);
                                stored.put("1", keyOf(k), "n", block, write);
                                cache.invalidated(keyOf(k), List.of("n"), write);
                                if (random.nextInt(2_000) == 0) {
                                    cache.gap("now and then");
                                }
                                acknowledged.set(k, write);
                                Thread.yield();
                            }
                        });
        List<Future<?>> readers = new ArrayList<>();
        for (int r = 0; r < 3; r++) {
            long readerSeed = seed + r + 1;
            readers.add(
                    callers.submit(
                            () -> {
                                SplittableRandom random = new SplittableRandom(readerSeed);
                                for (int i = 0; i < READS_PER_READER; i++) {
                                    int k = random.nextInt(KEYS);
                                    long atLeast = acknowledged.get(k);
                                    GroupRead[] read =
                                            reader.read(
                                                            plan,
                                                            List.of(keyOf(k)),
                                                            Instant.now().plusSeconds(30),
                                                            false)
                                                    .toCompletableFuture()
                                                    .get(30, TimeUnit.SECONDS);
                                    assertThat(read[0].writeTimeMicros())
                                            .as("key %s, seed %s", k, seed)
                                            .isGreaterThanOrEqualTo(atLeast);
                                }
                                return null;
                            }));
        }
        for (Future<?> done : readers) {
            done.get(60, TimeUnit.SECONDS);
        }
        reading.set(false);
        writer.get(60, TimeUnit.SECONDS);
        callers.shutdownNow();
        storeThreads.shutdownNow();

        double hits = meters.counter("dhara.serving.cache.lookups", "result", "hit").count();
        double overtaken =
                meters.counter("dhara.serving.cache.fills", "result", "overtaken").count();
        System.out.printf("%.0f hits, %.0f overtaken fills%n", hits, overtaken);
        assertThat(hits).isPositive();
    }

    private static EntityKey keyOf(int k) {
        return key("u" + k);
    }

    /** Looks when asked and answers from one of several threads, some time later. */
    private record ShufflingStore(InMemoryFeatureStoreReader stored, ExecutorService threads)
            implements FeatureStoreReader {
        @Override
        public CompletionStage<List<StoredRow>> read(
                StoreConfig store,
                EntitySchema entity,
                List<EntityKey> keys,
                List<FeatureGroupSchema> groups,
                Instant deadline) {
            return stored.read(store, entity, keys, groups, deadline)
                    .thenCompose(
                            rows ->
                                    CompletableFuture.supplyAsync(
                                            () -> {
                                                Thread.yield();
                                                return rows;
                                            },
                                            threads));
        }

        @Override
        public void close() {}
    }
}
