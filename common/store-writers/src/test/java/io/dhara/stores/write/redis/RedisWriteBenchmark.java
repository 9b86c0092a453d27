package io.dhara.stores.write.redis;

import static io.dhara.stores.write.TestSchemas.block;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.EntityKey;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.psdb.CsdbWriter;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.embedded.SharedServers;
import io.dhara.stores.key.RedisKeys;
import io.dhara.stores.write.BlockWrite;
import io.dhara.stores.write.FeatureStoreWriter;
import io.dhara.stores.write.FeatureStoreWriter.Outcome;
import io.dhara.stores.write.FeatureStoreWriters;
import io.dhara.stores.write.TestSchemas;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.RedisClient;

/**
 * Ordered writes beside their limit, raw pipelined SETs of the same values, in one run: {@code
 * ./mvnw -pl common/store-writers -am verify -Dit.test=RedisWriteBenchmark -Dtest=NONE
 * -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false}
 */
final class RedisWriteBenchmark {
    private static final int KEYS = 20_000;
    private static final int GROUPS = 4;
    private static final int PIPELINE = 512;
    private static final int ROUNDS = 5;
    private static final long T1 = 1_760_000_000_000_000L;

    private final SchemaSnapshot snapshot =
            TestSchemas.snapshot(
                    StoreConfig.Kind.REDIS, "", Collections.nCopies(GROUPS, List.of("seg_0")));
    private final List<EntityKey> keys =
            IntStream.range(0, KEYS).mapToObj(i -> TestSchemas.key("bench" + i, "in")).toList();
    private final byte[] block = block(48, 7, 0);

    @Test
    void throughput() {
        byte[] value = value();
        int port = SharedServers.redis().port();
        System.out.printf(
                "%d keys, %d groups of %d bytes, value %d bytes, pipeline of %d%n",
                KEYS, GROUPS, block.length, value.length, PIPELINE);
        try (RedisClient redis = RedisClient.create("127.0.0.1", port);
                FeatureStoreWriter writer =
                        FeatureStoreWriters.open(
                                StoreConfig.Kind.REDIS, RedisStoreFixture.connections(port))) {
            for (int round = 0; round < ROUNDS; round++) {
                double set = perSecond(() -> rawSets(redis, value));
                long micros = T1 + round + 1;
                double all = perSecond(() -> ordered(writer, micros, GROUPS));
                double one = perSecond(() -> ordered(writer, micros + 100, 1));
                System.out.printf(
                        "SET %,.0f keys/s; ordered, all groups %,.0f keys/s (%.2f of SET); ordered,"
                                + " 1 of %d groups %,.0f keys/s (%.2f)%n",
                        set, all, all / set, GROUPS, one, one / set);
            }
        }
    }

    private byte[] value() {
        CsdbWriter value = new CsdbWriter().begin();
        for (int id = 0; id < GROUPS; id++) {
            value.add(id, block, 0, block.length, T1);
        }
        return value.toBytes();
    }

    private void rawSets(RedisClient redis, byte[] value) {
        for (int from = 0; from < KEYS; from += PIPELINE) {
            try (AbstractPipeline pipeline = redis.pipelined()) {
                for (EntityKey key : keys.subList(from, Math.min(KEYS, from + PIPELINE))) {
                    pipeline.set(RedisKeys.storeKey(key), value);
                }
                pipeline.sync();
            }
        }
    }

    private void ordered(FeatureStoreWriter writer, long micros, int groups) {
        List<CompletableFuture<List<Outcome>>> answers = new ArrayList<>();
        for (int from = 0; from < KEYS; from += PIPELINE) {
            List<BlockWrite> writes = new ArrayList<>();
            for (EntityKey key : keys.subList(from, Math.min(KEYS, from + PIPELINE))) {
                for (int id = 0; id < groups; id++) {
                    writes.add(TestSchemas.write(key, id, micros, 0, block));
                }
            }
            answers.add(writer.write(snapshot, writes).toCompletableFuture());
            if (answers.size() >= 4) {
                answers.remove(0).join();
            }
        }
        answers.forEach(answer -> assertThat(answer.join()).allMatch(Outcome.APPLIED::equals));
    }

    private static double perSecond(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return KEYS / ((System.nanoTime() - start) / 1e9);
    }
}
