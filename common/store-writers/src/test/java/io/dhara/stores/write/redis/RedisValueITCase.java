package io.dhara.stores.write.redis;

import static io.dhara.stores.write.TestSchemas.block;
import static io.dhara.stores.write.TestSchemas.write;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.EntityKey;
import io.dhara.core.psdb.CsdbReader;
import io.dhara.core.psdb.CsdbWriter;
import io.dhara.stores.key.RedisKeys;
import io.dhara.stores.read.StoreReadException;
import io.dhara.stores.read.StoredRow;
import io.dhara.stores.write.FeatureStoreWriter.Outcome;
import io.dhara.stores.write.FeatureStoreWriter.Result;
import io.dhara.stores.write.TestSchemas;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Values that others wrote or broke, and keys and blocks that are refused, on a real Redis. */
final class RedisValueITCase extends RedisStoreFixture {
    @Test
    void write_valueOfAPeerWithoutEventTimes_countsAsOldest() {
        byte[] peer0 = block(2, 1, 0);
        byte[] peer2 = block(2, 2, 0);
        setRaw(
                new CsdbWriter()
                        .begin()
                        .add(0, peer0, 0, peer0.length)
                        .addNegative(1)
                        .add(2, peer2, 0, peer2.length)
                        .toBytes());
        byte[] fresh = block(2, 3, 0);
        assertApplied(write(key, 0, 1, 0, fresh));

        assertThat(stored())
                .isEqualTo(
                        new CsdbWriter()
                                .begin()
                                .add(0, fresh, 0, fresh.length, 1)
                                .add(2, peer2, 0, peer2.length)
                                .toBytes());
        assertThat(read().blocks().get(2).writeTimeMicros()).isZero();
    }

    @Test
    void write_everyTruncationOfAStoredValue_isReplacedOrKeptWhole() {
        byte[] a = block(2, 1, 0);
        byte[] b = block(3, 2, 0);
        byte[] whole =
                new CsdbWriter()
                        .begin()
                        .add(0, a, 0, a.length, T1)
                        .add(1, b, 0, b.length, T1)
                        .toBytes();
        byte[] fresh = block(2, 9, 0);
        for (int length = 0; length < whole.length; length++) {
            EntityKey cut = TestSchemas.key(test, "cut" + length);
            byte[] value = java.util.Arrays.copyOf(whole, length);
            redis.set(RedisKeys.storeKey(cut), value);
            boolean readable = isReadable(value);

            Outcome outcome = sent(write(cut, 2, T1, 0, fresh)).get(0);

            assertThat(outcome.result()).isEqualTo(Result.APPLIED);
            assertThat(outcome.detail().isEmpty()).as("length %d", length).isEqualTo(readable);
            assertThat(read(cut).failure()).isNull();
            assertThat(read(cut).blocks().get(2).block()).isEqualTo(fresh);
        }
    }

    @Test
    void write_brokenEventTimes_keepsTheGroups() {
        byte[] a = block(2, 1, 0);
        byte[] value = new CsdbWriter().begin().add(0, a, 0, a.length, T1).toBytes();
        byte[] broken = java.util.Arrays.copyOf(value, value.length - 1);
        broken[value.length - 10 - 2] = 9; // the length of the last entry
        redis.set(RedisKeys.storeKey(key), broken);
        assertThat(read().failure().kind()).isEqualTo(StoreReadException.Kind.CORRUPT);

        assertApplied(write(key, 1, T1, 1));

        assertThat(read().blocks().get(0).block()).isEqualTo(a);
    }

    @Test
    void read_valueThatIsNoCsdb_isCorruptForThatKeyOnly() {
        EntityKey good = TestSchemas.key(test, "good");
        assertApplied(write(good, 0, T1, 1));
        redis.set(RedisKeys.storeKey(key), new byte[] {9, 9});

        List<StoredRow> rows = await(readAll(List.of(key, good)));

        assertThat(rows.get(0).failure().kind()).isEqualTo(StoreReadException.Kind.CORRUPT);
        assertThat(rows.get(1).failure()).isNull();
    }

    @Test
    void b13_blockOver65535Bytes_isRefusedAndOthersAreWritten() {
        byte[] largest = new byte[65_535];
        System.arraycopy(block(2, 1, 0), 0, largest, 0, 17);
        List<Outcome> outcomes =
                sent(write(key, 0, T1, 0, new byte[65_536]), write(key, 1, T1, 0, largest));

        assertThat(outcomes.get(0).result()).isEqualTo(Result.REFUSED);
        assertThat(outcomes.get(0).detail()).contains("65536").contains("65535").contains("g0");
        assertThat(outcomes.get(1)).isEqualTo(Outcome.APPLIED);
        assertThat(read().blocks().get(1).block()).isEqualTo(largest);
    }

    @Test
    void b24_keysThatLookAlikeJoined_areDifferentKeys() {
        EntityKey first = TestSchemas.key(test + "a|b", "c");
        EntityKey second = TestSchemas.key(test + "a", "b|c");
        assertApplied(write(first, 0, T1, 1), write(second, 0, T1, 2));

        assertThat(read(first).blocks().get(0).block()).isEqualTo(block(2, 1, 0));
        assertThat(read(second).blocks().get(0).block()).isEqualTo(block(2, 2, 0));
    }

    @Test
    void write_keyOfAnotherType_isRefusedAndOthersAreWritten() {
        redis.lpush(new String(RedisKeys.storeKey(key), UTF_8), "x");
        EntityKey good = TestSchemas.key(test, "good");
        List<Outcome> outcomes = sent(write(key, 0, T1, 1), write(good, 0, T1, 1));

        assertThat(outcomes.get(0).result()).isEqualTo(Result.REFUSED);
        assertThat(outcomes.get(0).detail()).contains("WRONGTYPE");
        assertThat(outcomes.get(1)).isEqualTo(Outcome.APPLIED);
    }

    @Test
    void write_scriptsFlushedMeanwhile_areSentAgain() {
        assertApplied(write(key, 0, T1, 1));
        redis.scriptFlush("any");

        assertApplied(write(key, 0, T2, 2));

        assertThat(read().blocks().get(0).writeTimeMicros()).isEqualTo(T2);
    }

    private static boolean isReadable(byte[] value) {
        try {
            new CsdbReader().wrap(value, 0, value.length);
            return true;
        } catch (io.dhara.core.psdb.PsdbFormatException e) {
            return false;
        }
    }
}
