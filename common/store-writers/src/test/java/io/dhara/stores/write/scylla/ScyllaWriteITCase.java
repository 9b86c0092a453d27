package io.dhara.stores.write.scylla;

import static io.dhara.stores.write.TestSchemas.block;
import static io.dhara.stores.write.TestSchemas.groups;
import static io.dhara.stores.write.TestSchemas.write;
import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import io.dhara.core.model.EntityKey;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.embedded.EmbeddedCassandra;
import io.dhara.embedded.SharedServers;
import io.dhara.stores.Endpoint;
import io.dhara.stores.StoreConnections;
import io.dhara.stores.read.FeatureStoreReader;
import io.dhara.stores.read.FeatureStoreReaders;
import io.dhara.stores.read.StoreReadException;
import io.dhara.stores.read.StoredBlock;
import io.dhara.stores.read.StoredRow;
import io.dhara.stores.scylla.ScyllaConfig;
import io.dhara.stores.write.BlockWrite;
import io.dhara.stores.write.FeatureStoreWriter;
import io.dhara.stores.write.FeatureStoreWriter.Outcome;
import io.dhara.stores.write.FeatureStoreWriter.Result;
import io.dhara.stores.write.FeatureStoreWriters;
import io.dhara.stores.write.TestSchemas;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Updates with event times on a real Cassandra, read back through the reader. */
final class ScyllaWriteITCase {
    private static final String KEYSPACE = "writes";
    private static final String TABLE = "user_features";
    private static final long T1 = 1_760_000_000_000_001L;
    private static final long T2 = 1_760_000_000_000_002L;

    /** Group 0 has segments on both sides of the string order of numbers, group 2 has a spare. */
    private static final List<List<String>> SEGMENTS =
            List.of(
                    List.of("seg_2", "seg_9", "seg_10"),
                    List.of("seg_1"),
                    List.of("seg_3", "seg_4"));

    private static final SchemaSnapshot SNAPSHOT =
            TestSchemas.snapshot(StoreConfig.Kind.SCYLLA, TABLE, SEGMENTS);

    private static StoreConnections connections;
    private static FeatureStoreWriter writer;
    private static FeatureStoreReader reader;
    private static CqlSession cql;

    private final EntityKey key = TestSchemas.key("k" + System.nanoTime(), "in");
    private final long nowSeconds = Instant.now().getEpochSecond();

    @BeforeAll
    static void open() {
        ScyllaConfig config =
                ScyllaConfig.of(
                        List.of(new Endpoint("127.0.0.1", SharedServers.cassandra().port())),
                        EmbeddedCassandra.DATACENTER,
                        KEYSPACE);
        connections = new StoreConnections(Map.of(TestSchemas.CONF_ID, config), Map.of());
        try (ScyllaTables tables = ScyllaTables.open(config, Duration.ofSeconds(60))) {
            tables.createKeyspace(1);
            assertThat(tables.apply(SNAPSHOT, TestSchemas.CONF_ID)).hasSize(7);
            assertThat(tables.plan(SNAPSHOT, TestSchemas.CONF_ID)).isEmpty();
        }
        writer = FeatureStoreWriters.open(StoreConfig.Kind.SCYLLA, connections);
        reader = FeatureStoreReaders.open(connections);
        cql =
                CqlSession.builder()
                        .addContactPoint(
                                new java.net.InetSocketAddress(
                                        "127.0.0.1", SharedServers.cassandra().port()))
                        .withLocalDatacenter(EmbeddedCassandra.DATACENTER)
                        .build();
    }

    @AfterAll
    static void close() {
        cql.close();
        writer.close();
        reader.close();
    }

    @Test
    void write_blockOverSeveralSegments_isCutInStringOrderAndReadBack() {
        byte[] block = block(16, 7, 0); // 73 bytes over columns of 32
        assertApplied(write(key, 0, T1, 0, block));

        Row row = row("seg_10, seg_2, seg_9");
        assertThat(row.getByteBuffer(0)).isEqualTo(ByteBuffer.wrap(block, 0, 32));
        assertThat(row.getByteBuffer(1)).isEqualTo(ByteBuffer.wrap(block, 32, 32));
        assertThat(row.getByteBuffer(2)).isEqualTo(ByteBuffer.wrap(block, 64, 9));
        assertBlock(0, block, T1);
        assertThat(read().blocks().get(1)).isSameAs(StoredBlock.ABSENT);
    }

    @Test
    void write_shorterBlockAfterLonger_leavesNoTail() {
        assertApplied(write(key, 0, T1, 0, block(16, 7, 0)));
        assertApplied(write(key, 0, T2, 0, block(1, 8, 0)));

        assertBlock(0, block(1, 8, 0), T2);
        assertThat(row("seg_9").getByteBuffer(0).remaining()).isZero();
    }

    @Test
    void write_olderEventTimeLater_isNotSeen() {
        assertApplied(write(key, 1, T2, 2));
        assertApplied(write(key, 1, T1, 1));

        assertBlock(1, block(2, 2, 0), T2);
    }

    @Test
    void write_severalGroupsOfAKey_shareABatchWithTheirOwnTimes() {
        long expiry = nowSeconds + 1000;
        byte[] expiring = block(2, 1, expiry);
        assertApplied(
                write(key, 0, T1, 0, block(4, 1, 0)),
                write(key, 1, T2, expiry, expiring),
                write(key, 2, T1 + 5, 0, block(3, 3, 0)));

        assertBlock(0, block(4, 1, 0), T1);
        assertBlock(1, expiring, T2);
        assertBlock(2, block(3, 3, 0), T1 + 5);
        assertThat(row("TTL(seg_1)").getInt(0)).isBetween(900, 1000);
        assertThat(row("TTL(seg_10)").isNull(0)).isTrue();
    }

    @Test
    void write_allCellsExpired_leavesNoRow() {
        long expiry = nowSeconds + 2;
        assertApplied(write(key, 1, T1, expiry, block(2, 1, expiry)));

        org.awaitility.Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> row("seg_1") == null);
    }

    @Test
    void write_alreadyExpired_isNotWritten() {
        long expiry = nowSeconds - 1;
        assertThat(sent(SNAPSHOT, write(key, 1, T1, expiry, block(2, 1, expiry))))
                .containsExactly(Outcome.EXPIRED);
        assertThat(row("seg_1")).isNull();
    }

    @Test
    void b3_blockOverItsSegments_isRefusedWithSizesAndOthersAreWritten() {
        List<Outcome> outcomes =
                sent(
                        SNAPSHOT,
                        write(key, 1, T1, 0, block(6, 1, 0)), // 33 bytes, one column of 32
                        write(key, 2, T1, 0, block(6, 1, 0)));

        assertThat(outcomes.get(0).result()).isEqualTo(Result.REFUSED);
        assertThat(outcomes.get(0).detail()).contains("user/g1").contains("33").contains("32");
        assertThat(outcomes.get(1)).isEqualTo(Outcome.APPLIED);
        assertThat(read().blocks().get(1)).isSameAs(StoredBlock.ABSENT);
    }

    @Test
    void b14_writerThatKnowsFewerSegments_leavesNoTornBlock() {
        assertApplied(write(key, 0, T1, 0, block(16, 7, 0)));
        // The group before seg_10 was added: its head would otherwise stay from the older block.
        SchemaSnapshot before =
                TestSchemas.snapshot(
                        StoreConfig.Kind.SCYLLA,
                        TABLE,
                        List.of(List.of("seg_2", "seg_9"), List.of("seg_1"), List.of("seg_3")));
        byte[] newer = block(8, 9, 0);
        assertThat(sent(before, write(key, 0, T2, 0, newer))).containsExactly(Outcome.APPLIED);

        assertBlock(0, newer, T2);
    }

    @Test
    void b1_tableOrColumnMissing_isRefusedAndOthersAreWritten() {
        SchemaSnapshot ahead =
                TestSchemas.snapshot(
                        StoreConfig.Kind.SCYLLA,
                        TABLE,
                        List.of(List.of("seg_77"), List.of("seg_1")));
        List<Outcome> outcomes = sent(ahead, write(key, 0, T1, 1), write(key, 1, T1, 1));

        assertThat(outcomes.get(0).result()).isEqualTo(Result.REFUSED);
        assertThat(outcomes.get(0).detail()).contains("seg_77");
        assertThat(outcomes.get(1)).isEqualTo(Outcome.APPLIED);

        StoredRow row = await(readAll(ahead, List.of(key), Duration.ofSeconds(10))).get(0);
        assertThat(row.failure().kind()).isEqualTo(StoreReadException.Kind.UNAVAILABLE);
        assertThat(row.failure()).hasMessageContaining("seg_77");
    }

    @Test
    void write_whatTheRegistryOrTheConfigDoesNotKnow_isRefused() {
        BlockWrite known = write(key, 1, T1, 1);
        BlockWrite otherGroup =
                new BlockWrite(key, "nope", 9, TestSchemas.STORE, T1, 0, known.block());
        BlockWrite otherStore = new BlockWrite(key, "g1", 1, "42", T1, 0, known.block());
        BlockWrite emptyKey = write(TestSchemas.key("", ""), 1, T1, 1);
        BlockWrite longKey = write(TestSchemas.key("x".repeat(70_000), ""), 1, T1, 1);
        BlockWrite shortKey = write(TestSchemas.key("x"), 1, T1, 1);

        List<Outcome> outcomes =
                sent(SNAPSHOT, otherGroup, otherStore, emptyKey, longKey, shortKey, known);

        assertThat(outcomes.stream().map(Outcome::result))
                .containsExactly(
                        Result.REFUSED,
                        Result.REFUSED,
                        Result.APPLIED, // empty parts of a key of several columns are values
                        Result.REFUSED,
                        Result.REFUSED,
                        Result.APPLIED);
        assertThat(outcomes.get(1).detail()).contains("42");
    }

    @Test
    void write_manyKeysAndGroups_allComeBack() {
        List<BlockWrite> writes = new ArrayList<>();
        List<EntityKey> keys =
                IntStream.range(0, 1500)
                        .mapToObj(i -> TestSchemas.key(key.values().get(0) + i, "in"))
                        .toList();
        for (int i = 0; i < keys.size(); i++) {
            for (int group = 0; group < 3; group++) {
                writes.add(write(keys.get(i), group, T1 + i, 0, block(3, i, 0)));
            }
        }
        assertApplied(writes.toArray(BlockWrite[]::new));

        List<StoredRow> rows = await(readAll(SNAPSHOT, keys, Duration.ofSeconds(20)));
        for (int i = 0; i < keys.size(); i++) {
            assertThat(rows.get(i).failure()).isNull();
            for (int group = 0; group < 3; group++) {
                assertThat(rows.get(i).blocks().get(group))
                        .usingRecursiveComparison()
                        .isEqualTo(new StoredBlock(block(3, i, 0), T1 + i));
            }
        }
    }

    @Test
    void read_deadlinePassed_failsEveryRowAsDeadline() {
        List<StoredRow> rows = await(readAll(SNAPSHOT, List.of(key, key), Duration.ofMillis(-1)));
        assertThat(rows).hasSize(2);
        assertThat(rows.get(1).failure().kind()).isEqualTo(StoreReadException.Kind.DEADLINE);
    }

    @Test
    void read_noKeys_isAnEmptyAnswer() {
        assertThat(await(readAll(SNAPSHOT, List.of(), Duration.ofSeconds(1)))).isEmpty();
    }

    private Row row(String columns) {
        return cql.execute(
                        "SELECT " + columns + " FROM writes.user_features WHERE uid=? AND ctry=?",
                        key.values().get(0),
                        key.values().get(1))
                .one();
    }

    private void assertBlock(int group, byte[] block, long micros) {
        assertThat(read().blocks().get(group))
                .usingRecursiveComparison()
                .isEqualTo(new StoredBlock(block, micros));
    }

    private void assertApplied(BlockWrite... writes) {
        assertThat(sent(SNAPSHOT, writes)).allMatch(Outcome.APPLIED::equals);
    }

    private static List<Outcome> sent(SchemaSnapshot snapshot, BlockWrite... writes) {
        return await(writer.write(snapshot, List.of(writes)));
    }

    private StoredRow read() {
        return await(readAll(SNAPSHOT, List.of(key), Duration.ofSeconds(10))).get(0);
    }

    private static CompletionStage<List<StoredRow>> readAll(
            SchemaSnapshot snapshot, List<EntityKey> keys, Duration within) {
        return reader.read(
                snapshot.stores().get(TestSchemas.STORE),
                snapshot.entities().get(TestSchemas.ENTITY),
                keys,
                groups(snapshot),
                Instant.now().plus(within));
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }
}
