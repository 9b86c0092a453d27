package io.dhara.stores.write.redis;

import static io.dhara.stores.write.TestSchemas.block;
import static io.dhara.stores.write.TestSchemas.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.EntityKey;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.psdb.CsdbWriter;
import io.dhara.embedded.SharedServers;
import io.dhara.stores.key.RedisKeys;
import io.dhara.stores.read.StoredBlock;
import io.dhara.stores.read.StoredRow;
import io.dhara.stores.write.BlockWrite;
import io.dhara.stores.write.FeatureStoreWriter;
import io.dhara.stores.write.FeatureStoreWriter.Outcome;
import io.dhara.stores.write.FeatureStoreWriters;
import io.dhara.stores.write.TestSchemas;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Order, expiry and concurrency of the merge script on a real Redis. */
final class OrderedWriteITCase extends RedisStoreFixture {
    @Test
    void write_newValue_isCsdbWithEventTimes() {
        byte[] block = block(2, 5, 0);
        assertApplied(write(key, 3, T1, 0, block));

        byte[] expected = new CsdbWriter().begin().add(3, block, 0, block.length, T1).toBytes();
        assertThat(stored()).isEqualTo(expected);
        assertThat(read().blocks().get(3))
                .usingRecursiveComparison()
                .isEqualTo(new StoredBlock(block, T1));
        assertThat(read().blocks().get(0)).isSameAs(StoredBlock.ABSENT);
    }

    @Test
    void write_twoEventTimes_newerWinsInEitherOrder() {
        assertApplied(write(key, 0, T1, 1));
        assertApplied(write(key, 0, T2, 2));
        assertThat(read().blocks().get(0))
                .usingRecursiveComparison()
                .isEqualTo(new StoredBlock(block(2, 2, 0), T2));

        assertApplied(write(key, 0, T1, 3));
        assertThat(read().blocks().get(0))
                .usingRecursiveComparison()
                .isEqualTo(new StoredBlock(block(2, 2, 0), T2));
    }

    @Test
    void write_eventTimesThatDifferAboveAndBelow32Bits_areComparedAsNumbers() {
        List<Long> ascending =
                List.of(
                        1L,
                        0xFFFF_FFFFL,
                        0x1_0000_0000L,
                        0x7FFF_FFFFFFFFL,
                        (1L << 53) + 1,
                        (1L << 53) + 2,
                        Long.MAX_VALUE);
        for (int i = 0; i < ascending.size(); i++) {
            for (int j = 0; j < ascending.size(); j++) {
                EntityKey pair = TestSchemas.key(test, i + "-" + j);
                assertApplied(write(pair, 0, ascending.get(i), i), write(pair, 1, 1, 0));
                assertApplied(write(pair, 0, ascending.get(j), j));
                assertThat(read(pair).blocks().get(0).writeTimeMicros())
                        .isEqualTo(ascending.get(Math.max(i, j)));
            }
        }
    }

    @Test
    void write_equalEventTimes_greaterBytesWinInEitherOrder() {
        byte[] low = block(2, 0x7F, 0);
        byte[] high = block(2, 0x80, 0); // unsigned: 0x80 is above 0x7F
        assertApplied(write(key, 0, T1, 0, low));
        assertApplied(write(key, 0, T1, 0, high));
        byte[] once = stored();
        assertApplied(write(key, 0, T1, 0, low));

        assertThat(stored()).isEqualTo(once);
        assertThat(read().blocks().get(0).block()).isEqualTo(high);
    }

    @Test
    void write_repeated_leavesTheSameBytesAndExpiry() {
        long expiry = nowSeconds + 1000;
        BlockWrite write = write(key, 0, T1, expiry, block(2, 1, expiry));
        assertApplied(write);
        byte[] once = stored();
        assertApplied(write);

        assertThat(stored()).isEqualTo(once);
        assertThat(expireAt(key)).isEqualTo(expiry);
    }

    @Test
    void b11_concurrentWritersOfDifferentGroups_loseNothing() throws Exception {
        int rounds = 200;
        List<FeatureStoreWriter> writers =
                IntStream.range(0, 4)
                        .mapToObj(
                                i ->
                                        FeatureStoreWriters.open(
                                                StoreConfig.Kind.REDIS,
                                                connections(SharedServers.redis().port())))
                        .toList();
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int group = 0; group < 4; group++) {
            int id = group;
            threads.add(
                    CompletableFuture.runAsync(
                            () -> {
                                for (int round = 1; round <= rounds; round++) {
                                    BlockWrite write = write(key, id, T1 + round, round);
                                    assertThat(
                                                    await(
                                                            writers.get(id)
                                                                    .write(
                                                                            SNAPSHOT,
                                                                            List.of(write))))
                                            .containsExactly(Outcome.APPLIED);
                                }
                            }));
        }
        for (CompletableFuture<Void> thread : threads) {
            thread.get(60, TimeUnit.SECONDS);
        }
        writers.forEach(FeatureStoreWriter::close);

        for (StoredBlock block : read().blocks()) {
            assertThat(block)
                    .usingRecursiveComparison()
                    .isEqualTo(new StoredBlock(block(2, rounds, 0), T1 + rounds));
        }
    }

    @Test
    void b10_expiredGroup_isDroppedAndOthersStay() {
        byte[] expired = block(2, 1, nowSeconds - 10);
        byte[] kept = block(2, 2, nowSeconds + 500);
        byte[] broken = {1, 2, 3};
        setRaw(
                new CsdbWriter()
                        .begin()
                        .add(0, expired, 0, expired.length, T1)
                        .add(1, kept, 0, kept.length, T1)
                        .add(2, broken, 0, broken.length, T1)
                        .toBytes());
        long expiry = nowSeconds + 300;
        byte[] fresh = block(2, 3, expiry);
        assertApplied(write(key, 3, T1, expiry, fresh));

        assertThat(stored())
                .isEqualTo(
                        new CsdbWriter()
                                .begin()
                                .add(1, kept, 0, kept.length, T1)
                                .add(3, fresh, 0, fresh.length, T1)
                                .toBytes());
        assertThat(expireAt(key)).isEqualTo(nowSeconds + 500);
    }

    @Test
    void write_groupThatNeverExpires_keyNeverExpires() {
        long expiry = nowSeconds + 300;
        assertApplied(write(key, 0, T1, expiry, block(2, 1, expiry)));
        assertThat(expireAt(key)).isEqualTo(expiry);

        assertApplied(write(key, 1, T1, 0, block(2, 1, 0)));
        assertThat(redis.ttl(RedisKeys.storeKey(key))).isEqualTo(-1);

        assertApplied(write(key, 1, T2, expiry + 1, block(2, 1, expiry + 1)));
        assertThat(expireAt(key)).isEqualTo(expiry + 1);
    }

    @Test
    void write_expiriesAcrossCalendars_setTheExactInstant() {
        for (String instant :
                List.of(
                        "2027-12-31T23:59:59Z",
                        "2028-01-01T00:00:00Z",
                        "2028-02-29T12:00:00Z",
                        "2028-12-31T23:59:59Z",
                        "2100-03-01T00:00:00Z",
                        "2400-02-29T23:59:59Z")) {
            long expiry = Instant.parse(instant).getEpochSecond();
            EntityKey dated = TestSchemas.key(test, instant);
            assertApplied(write(dated, 0, T1, expiry, block(2, 1, expiry)));
            assertThat(expireAt(dated)).as(instant).isEqualTo(expiry);
        }
    }

    @Test
    void write_alreadyExpired_isNotWritten() {
        long expiry = nowSeconds - 1;
        assertThat(sent(write(key, 0, T1, expiry, block(2, 1, expiry))))
                .containsExactly(Outcome.EXPIRED);
        assertThat(stored()).isNull();
    }

    @Test
    void write_randomOrdersOfManyPipelines_endTheSame() {
        Random random = new Random(42);
        List<BlockWrite> writes = new ArrayList<>();
        for (int k = 0; k < 700; k++) {
            for (int version = 1; version <= 3; version++) {
                writes.add(write(TestSchemas.key(test, "k" + k), k % 4, T1 + version, version));
            }
        }
        Collections.shuffle(writes, random);
        for (int from = 0; from < writes.size(); from += 500) {
            // A batch holds a key and group at most once.
            Map<String, BlockWrite> batch = new java.util.LinkedHashMap<>();
            List<BlockWrite> later = new ArrayList<>();
            for (BlockWrite write : writes.subList(from, Math.min(from + 500, writes.size()))) {
                if (batch.putIfAbsent(write.key() + write.group(), write) != null) {
                    later.add(write);
                }
            }
            assertApplied(batch.values().toArray(BlockWrite[]::new));
            later.forEach(this::assertApplied);
        }
        List<EntityKey> keys =
                IntStream.range(0, 700).mapToObj(k -> TestSchemas.key(test, "k" + k)).toList();
        List<StoredRow> rows = await(readAll(keys));
        for (int k = 0; k < 700; k++) {
            assertThat(rows.get(k).blocks().get(k % 4))
                    .usingRecursiveComparison()
                    .isEqualTo(new StoredBlock(block(2, 3, 0), T1 + 3));
        }
    }
}
