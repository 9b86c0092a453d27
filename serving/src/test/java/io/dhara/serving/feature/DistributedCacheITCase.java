package io.dhara.serving.feature;

import static io.dhara.serving.feature.TestSchemas.hex;
import static io.dhara.serving.feature.TestSchemas.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dhara.core.model.DataType;
import io.dhara.core.model.EntityKey;
import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureGroupSchema;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.embedded.SharedServers;
import io.dhara.stores.Endpoint;
import io.dhara.stores.read.StoredBlock;
import io.dhara.stores.read.StoredRow;
import io.dhara.stores.redis.RedisConfig;
import io.dhara.testkit.InMemoryFeatureStoreReader;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The distributed cache in a real Redis, seen by several serving instances. */
class DistributedCacheITCase {
    private static final int CONF = 7;
    private static final byte[] BLOCK_A = hex("010000000000001040 0000c03f 000000c0");
    private static final byte[] BLOCK_B = hex("010000000000001040 00000040 000000c0");
    private static final EntityKey U1 = key("u1");

    private final String prefix = UUID.randomUUID() + ":";
    private final SchemaSnapshot snapshot =
            TestSchemas.user()
                    .distributedCache(600, CONF)
                    .group("g0", 0, TestSchemas.REDIS, DataType.FP32, Duration.ZERO, false)
                    .version(
                            1,
                            TestSchemas.feature("a", 0, "00000000"),
                            TestSchemas.feature("b", 1, "00000000"))
                    .done()
                    .group("g3", 3, TestSchemas.REDIS, DataType.FP32, Duration.ZERO, false)
                    .version(
                            1,
                            TestSchemas.feature("a", 0, "00000000"),
                            TestSchemas.feature("b", 1, "00000000"))
                    .done()
                    .snapshot();
    private final EntitySchema entity = snapshot.entity("user");
    private final FeatureGroupSchema g0 = entity.group("g0");
    private final FeatureGroupSchema g3 = entity.group("g3");
    private final InMemoryFeatureStoreReader store = new InMemoryFeatureStoreReader();
    private final List<Instance> instances = new ArrayList<>();
    private final RedisClient client =
            RedisClient.create("redis://127.0.0.1:" + SharedServers.redis().port());
    private StatefulRedisConnection<byte[], byte[]> redis;

    /** One serving process: its cache and the reader through it. */
    private record Instance(
            DistributedCache cache, DistributedCacheReader reader, SimpleMeterRegistry meters) {}

    @BeforeEach
    void connect() {
        redis = client.connect(ByteArrayCodec.INSTANCE);
    }

    @AfterEach
    void close() {
        instances.forEach(instance -> instance.cache.close());
        redis.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }

    @Test
    void read_secondInstance_isAnsweredByTheFirstOnesFill() {
        store.put("2", U1, "g0", BLOCK_A, 42);
        Instance one = instance(SharedServers.redis().port(), Duration.ZERO);
        Instance two = instance(SharedServers.redis().port(), Duration.ZERO);

        assertThat(read(one, U1, g0, g3))
                .extracting(StoredBlock::block)
                .containsExactly(BLOCK_A, null);
        awaitEntry(U1);

        List<StoredBlock> cached = read(two, U1, g0, g3);
        assertThat(cached.get(0).block()).isEqualTo(BLOCK_A);
        assertThat(cached.get(0).writeTimeMicros()).isEqualTo(42);
        assertThat(cached.get(1)).isEqualTo(StoredBlock.ABSENT);
        assertThat(store.reads()).hasSize(1);
    }

    @Test
    void entry_isAValueThatThePeerReads() {
        store.put("2", U1, "g0", BLOCK_A, 42);
        Instance one = instance(SharedServers.redis().port(), Duration.ZERO);
        read(one, U1, g3, g0);
        awaitEntry(U1);

        byte[] value = redis.sync().get(redisKey(U1));

        // Group 0 = block A, group 3 negative, as in the worked example; then our times.
        assertThat(value)
                .startsWith(
                        hex(
                                "01 00 00 11 00 01 00 00 00 00 00 00 10 40 00 00 c0 3f 00 00 00"
                                        + "c0 03 00 00 00"))
                .hasSize(26 + 4 + 20);
        assertThat(redis.sync().pttl(redisKey(U1))).isBetween(590_000L, 600_000L);
    }

    @Test
    void fill_ofAnotherGroup_keepsWhatIsThere() {
        store.put("2", U1, "g0", BLOCK_A, 42);
        store.put("2", U1, "g3", BLOCK_B, 43);
        Instance one = instance(SharedServers.redis().port(), Duration.ZERO);
        read(one, U1, g0);
        awaitEntry(U1);
        int size = redis.sync().get(redisKey(U1)).length;
        read(one, U1, g3);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> redis.sync().get(redisKey(U1)).length > size);

        assertThat(read(one, U1, g0, g3))
                .extracting(StoredBlock::block)
                .containsExactly(BLOCK_A, BLOCK_B);
        assertThat(store.reads()).hasSize(2);
    }

    @Test
    void invalidated_entry_isReadFromTheStoreAgain() {
        store.put("2", U1, "g0", BLOCK_A, 42);
        Instance one = instance(SharedServers.redis().port(), Duration.ZERO);
        read(one, U1, g0);
        awaitEntry(U1);

        store.put("2", U1, "g0", BLOCK_B, 50);
        one.cache.invalidated(U1, List.of("g0"), 50);

        assertThat(read(one, U1, g0)).extracting(StoredBlock::block).containsExactly(BLOCK_B);
    }

    @Test
    void b35_olderFillAfterAnInvalidation_doesNotPassItsFloor() {
        Instance one = instance(SharedServers.redis().port(), Duration.ZERO);
        Instance lagging = instance(SharedServers.redis().port(), Duration.ZERO);
        one.cache.invalidated(U1, List.of("g0"), 50);
        awaitEntry(U1);

        fill(lagging, new StoredBlock(BLOCK_A, 42), StoredBlock.ABSENT);
        assertThat(read(one, U1, g3)).containsExactly(StoredBlock.ABSENT);
        fill(lagging, StoredBlock.ABSENT, null);
        store.put("2", U1, "g0", BLOCK_B, 50);
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> {
                            int before = store.reads().size();
                            read(one, U1, g3);
                            assertThat(store.reads()).hasSize(before);
                        });

        assertThat(read(one, U1, g0)).extracting(StoredBlock::block).containsExactly(BLOCK_B);
    }

    @Test
    void gap_entriesFilledBefore_areNotBelieved() {
        store.put("2", U1, "g0", BLOCK_A, 42);
        Instance one = instance(SharedServers.redis().port(), Duration.ZERO);
        read(one, U1, g0);
        awaitEntry(U1);

        Instance late = instance(SharedServers.redis().port(), Duration.ZERO);
        store.put("2", U1, "g0", BLOCK_B, 50);

        assertThat(read(late, U1, g0)).extracting(StoredBlock::block).containsExactly(BLOCK_B);
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () ->
                                assertThat(read(one, U1, g0))
                                        .extracting(StoredBlock::block)
                                        .containsExactly(BLOCK_B));
    }

    @Test
    void gap_untilTheSettlingTimeIsOver_nothingIsBelieved() {
        store.put("2", U1, "g0", BLOCK_A, 42);
        Instance one = instance(SharedServers.redis().port(), Duration.ofHours(1));
        read(one, U1, g0);
        awaitEntry(U1);
        read(one, U1, g0);

        assertThat(store.reads()).hasSize(2);
    }

    @Test
    void entryOfAPeer_withoutTimes_isNotBelieved() {
        redis.sync().set(redisKey(U1), concat(hex("01 0000 1100"), BLOCK_A));
        store.put("2", U1, "g0", BLOCK_B, 50);
        Instance one = instance(SharedServers.redis().port(), Duration.ZERO);

        assertThat(read(one, U1, g0)).extracting(StoredBlock::block).containsExactly(BLOCK_B);
    }

    @Test
    void garbage_isReplaced() {
        redis.sync().set(redisKey(U1), "garbage".getBytes(StandardCharsets.UTF_8));
        store.put("2", U1, "g0", BLOCK_B, 50);
        Instance one = instance(SharedServers.redis().port(), Duration.ZERO);

        assertThat(read(one, U1, g0)).extracting(StoredBlock::block).containsExactly(BLOCK_B);
        await().atMost(Duration.ofSeconds(10)).until(() -> redis.sync().get(redisKey(U1))[0] == 1);
    }

    @Test
    void b6_cacheDown_storeAnswersAndInvalidationsMakeAGap(@TempDir Path dir) throws Exception {
        store.put("2", U1, "g0", BLOCK_A, 42);
        try (EmbeddedRedis own = EmbeddedRedis.start(dir)) {
            Instance one = instance(own.port(), Duration.ZERO);
            read(one, U1, g0);
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(
                            () -> {
                                int before = store.reads().size();
                                read(one, U1, g0);
                                assertThat(store.reads()).hasSize(before);
                            });
            own.stop();
            store.put("2", U1, "g0", BLOCK_B, 50);
            one.cache.invalidated(U1, List.of("g0"), 50);

            assertThat(read(one, U1, g0)).extracting(StoredBlock::block).containsExactly(BLOCK_B);
            await().atMost(Duration.ofSeconds(10))
                    .until(
                            () ->
                                    one.meters
                                                    .counter(
                                                            "dhara.serving.distributed.cache.failures",
                                                            "call",
                                                            "invalidation")
                                                    .count()
                                            == 1);
            own.start();
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(
                            () -> {
                                int before = store.reads().size();
                                assertThat(read(one, U1, g0))
                                        .extracting(StoredBlock::block)
                                        .containsExactly(BLOCK_B);
                                assertThat(store.reads()).hasSize(before);
                            });
        }
    }

    @Test
    void b57_confIdWithoutConnection_isReadFromTheStore() {
        Instance one = instance(SharedServers.redis().port(), Duration.ZERO);
        EntitySchema other =
                TestSchemas.user()
                        .distributedCache(600, 99)
                        .group("g0", 0, TestSchemas.REDIS, DataType.FP32, Duration.ZERO, false)
                        .version(1, TestSchemas.feature("a", 0, "00000000"))
                        .done()
                        .snapshot()
                        .entity("user");

        assertThat(one.cache.holds(other, other.group("g0"))).isFalse();
        assertThat(
                        one.reader
                                .read(
                                        TestSchemas.REDIS,
                                        other,
                                        List.of(U1),
                                        List.of(other.group("g0")),
                                        deadline())
                                .toCompletableFuture()
                                .join())
                .hasSize(1);
    }

    @Test
    void readAtOneInstance_withAnotherThatLags_isNeverOlderThanAnAcknowledgedWrite()
            throws Exception {
        long seed = System.nanoTime();
        System.out.println("DistributedCacheITCase seed " + seed);
        Instance here = instance(SharedServers.redis().port(), Duration.ZERO);
        Instance lagging = instance(SharedServers.redis().port(), Duration.ZERO);
        int keys = 8;
        AtomicLongArray acknowledged = new AtomicLongArray(keys);
        AtomicBoolean running = new AtomicBoolean(true);
        ConcurrentLinkedQueue<Runnable> notYetTold = new ConcurrentLinkedQueue<>();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<?>> all = new ArrayList<>();
        all.add(
                threads.submit(
                        () -> {
                            SplittableRandom random = new SplittableRandom(seed);
                            for (int write = 1; running.get(); write++) {
                                int k = random.nextInt(keys);
                                EntityKey key = key("s" + k);
                                int time = write;
                                store.put("2", key, "g0", BLOCK_A, time);
                                here.cache.invalidated(key, List.of("g0"), time);
                                acknowledged.set(k, time);
                                notYetTold.add(
                                        () -> lagging.cache.invalidated(key, List.of("g0"), time));
                                while (notYetTold.size() > 50) {
                                    notYetTold.remove().run();
                                }
                                TimeUnit.MICROSECONDS.sleep(200);
                            }
                            return null;
                        }));
        for (Instance instance : List.of(here, here, lagging)) {
            long readerSeed = seed + all.size();
            all.add(
                    threads.submit(
                            () -> {
                                SplittableRandom random = new SplittableRandom(readerSeed);
                                for (int i = 0; i < 4_000; i++) {
                                    int k = random.nextInt(keys);
                                    long atLeast = instance == here ? acknowledged.get(k) : 0;
                                    List<StoredBlock> read = read(instance, key("s" + k), g0);
                                    assertThat(read.get(0).writeTimeMicros())
                                            .as("key %s, seed %s", k, seed)
                                            .isGreaterThanOrEqualTo(atLeast);
                                }
                                return null;
                            }));
        }
        try {
            for (Future<?> reader : all.subList(1, all.size())) {
                reader.get(120, TimeUnit.SECONDS);
            }
        } finally {
            running.set(false);
            all.get(0).get(30, TimeUnit.SECONDS);
            threads.shutdownNow();
        }
        double hits =
                here.meters
                        .counter("dhara.serving.distributed.cache.lookups", "result", "hit")
                        .count();
        System.out.printf("%.0f hits of 8000 reads%n", hits);
        assertThat(hits).isPositive();
    }

    private Instance instance(int port, Duration settle) {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        DistributedCacheSettings d = DistributedCacheSettings.of(Map.of(CONF, config(port)));
        DistributedCache cache =
                new DistributedCache(
                        new FixedSchemaRegistry(snapshot),
                        new DistributedCacheSettings(
                                d.connections(),
                                prefix,
                                Duration.ofSeconds(2),
                                d.writeTimeout(),
                                d.floorLife(),
                                settle),
                        bound -> 0,
                        meters);
        Instance instance =
                new Instance(
                        cache,
                        new DistributedCacheReader(store, cache, () -> true, Clock.systemUTC()),
                        meters);
        instances.add(instance);
        cache.gap("test starts");
        await().atMost(Duration.ofSeconds(10)).until(() -> cache.isBelieving(entity));
        return instance;
    }

    private static RedisConfig config(int port) {
        return RedisConfig.standalone(new Endpoint("127.0.0.1", port));
    }

    private List<StoredBlock> read(Instance instance, EntityKey key, FeatureGroupSchema... groups) {
        List<StoredRow> rows =
                instance.reader
                        .read(TestSchemas.REDIS, entity, List.of(key), List.of(groups), deadline())
                        .toCompletableFuture()
                        .join();
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).failure()).isNull();
        return rows.get(0).blocks();
    }

    private void fill(Instance instance, StoredBlock block0, StoredBlock block3) {
        List<StoredBlock> blocks = new ArrayList<>();
        blocks.add(block0);
        blocks.add(block3);
        instance.cache.fill(entity, U1, List.of(g0, g3), blocks);
    }

    private static Instant deadline() {
        return Instant.now().plusSeconds(20);
    }

    private void awaitEntry(EntityKey key) {
        await().atMost(Duration.ofSeconds(10)).until(() -> redis.sync().exists(redisKey(key)) == 1);
    }

    private byte[] redisKey(EntityKey key) {
        return (prefix + "user:" + key.values().get(0)).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
