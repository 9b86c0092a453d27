package io.dhara.stores.write;

import static io.dhara.stores.write.TestSchemas.block;
import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import io.dhara.core.model.EntityKey;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.psdb.CsdbWriter;
import io.dhara.core.psdb.SegmentLayout;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.embedded.EmbeddedCassandra;
import io.dhara.embedded.SharedServers;
import io.dhara.stores.Endpoint;
import io.dhara.stores.StoreConnections;
import io.dhara.stores.key.RedisKeys;
import io.dhara.stores.read.FeatureStoreReader;
import io.dhara.stores.read.FeatureStoreReaders;
import io.dhara.stores.read.StoredBlock;
import io.dhara.stores.read.StoredRow;
import io.dhara.stores.redis.RedisConfig;
import io.dhara.stores.scylla.ScyllaConfig;
import io.dhara.stores.write.FeatureStoreWriter.Outcome;
import io.dhara.stores.write.scylla.ScyllaTables;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/**
 * Any order and any duplication of the same writes, through two writers at once, leaves exactly the
 * bytes that a plain model of "newest event time wins" says, in both real stores.
 */
final class StorePermutationITCase {
    private static final int SEEDS = 25;
    private static final int KEYS = 4;
    private static final long BASE_MICROS = 1_760_000_000_000_000L;
    private static final List<List<String>> SEGMENTS =
            List.of(
                    List.of("seg_2", "seg_9", "seg_10"),
                    List.of("seg_1"),
                    List.of("seg_3", "seg_4"));
    private static final Map<Integer, Integer> MOST_ELEMENTS = Map.of(0, 21, 1, 5, 2, 13);

    private final long nowSeconds = Instant.now().getEpochSecond();

    @Test
    void redis_anyOrderAndDuplication_leavesTheModelsBytes() {
        SchemaSnapshot snapshot = TestSchemas.snapshot(StoreConfig.Kind.REDIS, "", SEGMENTS);
        Endpoint server = new Endpoint("127.0.0.1", SharedServers.redis().port());
        StoreConnections connections =
                new StoreConnections(
                        Map.of(), Map.of(TestSchemas.CONF_ID, RedisConfig.standalone(server)));
        try (RedisClient redis = RedisClient.create(server.host(), server.port())) {
            run(
                    snapshot,
                    connections,
                    true,
                    (key, newest) -> {
                        CsdbWriter value = new CsdbWriter().begin();
                        newest.forEach(
                                (id, write) ->
                                        value.add(
                                                id,
                                                write.block(),
                                                0,
                                                write.block().length,
                                                write.writeTimeMicros()));
                        assertThat(redis.get(RedisKeys.storeKey(key))).isEqualTo(value.toBytes());
                    });
        }
    }

    @Test
    void scylla_anyOrderAndDuplication_leavesTheModelsCellsAndWriteTimes() {
        SchemaSnapshot snapshot =
                TestSchemas.snapshot(StoreConfig.Kind.SCYLLA, "features", SEGMENTS);
        ScyllaConfig config =
                ScyllaConfig.of(
                        List.of(new Endpoint("127.0.0.1", SharedServers.cassandra().port())),
                        EmbeddedCassandra.DATACENTER,
                        "permutations");
        try (ScyllaTables tables = ScyllaTables.open(config, Duration.ofSeconds(60))) {
            tables.createKeyspace(1);
            tables.apply(snapshot, TestSchemas.CONF_ID);
        }
        try (CqlSession cql =
                CqlSession.builder()
                        .addContactPoint(
                                new InetSocketAddress(
                                        "127.0.0.1", SharedServers.cassandra().port()))
                        .withLocalDatacenter(EmbeddedCassandra.DATACENTER)
                        .build()) {
            run(
                    snapshot,
                    new StoreConnections(Map.of(TestSchemas.CONF_ID, config), Map.of()),
                    false,
                    (key, newest) -> assertCells(cql, key, newest));
        }
    }

    private static void assertCells(
            CqlSession cql, EntityKey key, Map<Integer, BlockWrite> newest) {
        for (int id = 0; id < SEGMENTS.size(); id++) {
            SegmentLayout layout = new SegmentLayout(SEGMENTS.get(id), TestSchemas.COLUMN_BYTES);
            String columns =
                    layout.columns().stream()
                            .map(c -> c + ",WRITETIME(" + c + ")")
                            .collect(Collectors.joining(","));
            Row row =
                    cql.execute(
                                    "SELECT "
                                            + columns
                                            + " FROM permutations.features WHERE uid=? AND ctry=?",
                                    key.values().toArray())
                            .one();
            BlockWrite write = newest.get(id);
            assertThat(row).isNotNull();
            for (int i = 0; i < layout.columns().size(); i++) {
                ByteBuffer cell = row.getByteBuffer(2 * i);
                if (write == null) {
                    assertThat(cell).isNull();
                } else {
                    byte[] block = write.block();
                    assertThat(cell).isEqualTo(layout.split(block, 0, block.length)[i]);
                    assertThat(row.getLong(2 * i + 1)).isEqualTo(write.writeTimeMicros());
                }
            }
        }
    }

    /** Checks the store against the newest write of each group of a key. */
    private interface StoreCheck {
        void check(EntityKey key, Map<Integer, BlockWrite> newestByGroup);
    }

    /**
     * @param ties whether different blocks may share a write time. In Scylla the server breaks such
     *     a tie per cell, so only blocks of one segment may have one
     */
    private void run(
            SchemaSnapshot snapshot, StoreConnections connections, boolean ties, StoreCheck store) {
        StoreConfig.Kind kind = snapshot.stores().get(TestSchemas.STORE).kind();
        try (FeatureStoreWriter first = FeatureStoreWriters.open(kind, connections);
                FeatureStoreWriter second = FeatureStoreWriters.open(kind, connections);
                FeatureStoreReader reader = FeatureStoreReaders.open(connections)) {
            for (int seed = 0; seed < SEEDS; seed++) {
                Random random = new Random(seed);
                String prefix = kind + "-" + System.nanoTime() + "-" + seed;
                List<BlockWrite> set = writes(random, prefix, ties);
                Map<EntityKey, Map<Integer, BlockWrite>> model = model(set);

                List<BlockWrite> sent = new ArrayList<>(set);
                for (int i = 0; i < set.size() / 2; i++) {
                    sent.add(set.get(random.nextInt(set.size())));
                }
                Collections.shuffle(sent, random);
                send(snapshot, first, second, sent, random);

                for (Map.Entry<EntityKey, Map<Integer, BlockWrite>> key : model.entrySet()) {
                    store.check(key.getKey(), key.getValue());
                }
                assertReadBack(snapshot, reader, model, seed);
            }
        }
    }

    private List<BlockWrite> writes(Random random, String prefix, boolean ties) {
        List<BlockWrite> set = new ArrayList<>();
        for (int k = 0; k < KEYS; k++) {
            EntityKey key = TestSchemas.key(prefix + "|" + k, k % 2 == 0 ? "" : "in\\|");
            for (int id = 0; id < SEGMENTS.size(); id++) {
                boolean expires = random.nextBoolean();
                long expiry = expires ? nowSeconds + 10_000 + random.nextInt(100) : 0;
                Set<Long> times = new HashSet<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    long micros = BASE_MICROS + random.nextInt(6);
                    boolean mayTie = ties || (SEGMENTS.get(id).size() == 1 && !expires);
                    if (times.add(micros) || mayTie) {
                        int elements = random.nextInt(MOST_ELEMENTS.get(id) + 1);
                        byte[] block = block(elements, random.nextInt(), expiry);
                        set.add(TestSchemas.write(key, id, micros, expiry, block));
                    }
                }
            }
        }
        return set;
    }

    /** Newest write time first, then greater bytes. */
    private static Map<EntityKey, Map<Integer, BlockWrite>> model(List<BlockWrite> set) {
        Map<EntityKey, Map<Integer, BlockWrite>> model = new HashMap<>();
        for (BlockWrite write : set) {
            model.computeIfAbsent(write.key(), key -> new TreeMap<>())
                    .merge(
                            write.groupId(),
                            write,
                            (a, b) ->
                                    a.writeTimeMicros() != b.writeTimeMicros()
                                            ? (a.writeTimeMicros() > b.writeTimeMicros() ? a : b)
                                            : (Arrays.compareUnsigned(a.block(), b.block()) > 0
                                                    ? a
                                                    : b));
        }
        return model;
    }

    /** In batches of random size, each with a key and group once, over two writers at once. */
    private static void send(
            SchemaSnapshot snapshot,
            FeatureStoreWriter first,
            FeatureStoreWriter second,
            List<BlockWrite> writes,
            Random random) {
        List<CompletableFuture<List<Outcome>>> answers = new ArrayList<>();
        List<BlockWrite> left = new ArrayList<>(writes);
        while (!left.isEmpty()) {
            int size = 1 + random.nextInt(8);
            Map<String, BlockWrite> batch = new HashMap<>();
            List<BlockWrite> later = new ArrayList<>();
            for (BlockWrite write : left) {
                if (batch.size() == size
                        || batch.putIfAbsent(write.key() + write.group(), write) != null) {
                    later.add(write);
                }
            }
            left = later;
            FeatureStoreWriter writer = random.nextBoolean() ? first : second;
            CompletableFuture<List<Outcome>> answer =
                    writer.write(snapshot, List.copyOf(batch.values())).toCompletableFuture();
            answers.add(answer);
            if (answers.size() % 8 == 0) {
                answer.orTimeout(60, TimeUnit.SECONDS).join();
            }
        }
        for (CompletableFuture<List<Outcome>> answer : answers) {
            assertThat(answer.orTimeout(60, TimeUnit.SECONDS).join())
                    .allMatch(Outcome.APPLIED::equals);
        }
    }

    private static void assertReadBack(
            SchemaSnapshot snapshot,
            FeatureStoreReader reader,
            Map<EntityKey, Map<Integer, BlockWrite>> model,
            int seed) {
        List<EntityKey> keys = List.copyOf(model.keySet());
        CompletionStage<List<StoredRow>> answer =
                reader.read(
                        snapshot.stores().get(TestSchemas.STORE),
                        snapshot.entities().get(TestSchemas.ENTITY),
                        keys,
                        TestSchemas.groups(snapshot),
                        Instant.now().plusSeconds(20));
        List<StoredRow> rows = answer.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
        for (int k = 0; k < keys.size(); k++) {
            Map<Integer, BlockWrite> newest = model.get(keys.get(k));
            List<StoredBlock> expected =
                    IntStream.range(0, SEGMENTS.size())
                            .mapToObj(newest::get)
                            .map(
                                    write ->
                                            write == null
                                                    ? StoredBlock.ABSENT
                                                    : new StoredBlock(
                                                            write.block(), write.writeTimeMicros()))
                            .toList();
            assertThat(rows.get(k).failure()).isNull();
            assertThat(rows.get(k).blocks())
                    .as("seed %d, %s", seed, keys.get(k))
                    .usingRecursiveComparison()
                    .isEqualTo(expected);
        }
    }
}
