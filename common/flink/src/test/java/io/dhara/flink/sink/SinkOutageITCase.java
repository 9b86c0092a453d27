package io.dhara.flink.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.model.EntityKey;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.registry.SchemaSnapshot;
import io.dhara.embedded.EmbeddedCassandra;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.embedded.ForkedServer;
import io.dhara.stores.Endpoint;
import io.dhara.stores.StoreConnections;
import io.dhara.stores.read.FeatureStoreReader;
import io.dhara.stores.read.FeatureStoreReaders;
import io.dhara.stores.read.StoredRow;
import io.dhara.stores.redis.RedisConfig;
import io.dhara.stores.scylla.ScyllaConfig;
import io.dhara.stores.write.scylla.ScyllaTables;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.sink.writer.ElementConverter;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.client.JobCancellationException;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A job that writes to a real store which is killed and started again while it writes: every row
 * arrives, the newest value of each key stands, the sink never holds more than its limit, and the
 * one row the store refuses holds nobody up.
 */
final class SinkOutageITCase {
    private static final long USERS = 500;
    private static final long REFUSED_VALUE = 100;
    private static final int TOO_LONG = 70_000;
    private static final int MAX_PENDING = 2_000;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final SinkLimits LIMITS =
            new SinkLimits(
                    100,
                    1 << 20,
                    3,
                    MAX_PENDING,
                    8 << 20,
                    Duration.ofMillis(5),
                    Duration.ofSeconds(20),
                    new RetryPolicy(Duration.ofMillis(50), Duration.ofSeconds(1)));

    /** Shared with the job, which runs in this JVM; reset by each test. */
    private static final AtomicLong TAKEN = new AtomicLong();

    private static final AtomicLong SETTLED = new AtomicLong();
    private static final AtomicLong REFUSED = new AtomicLong();
    private static final AtomicLong MOST_HELD = new AtomicLong();

    /** Turns a number into a write of that value. */
    private static final class Converter implements ElementConverter<Long, PendingWrite> {
        private static final long serialVersionUID = 1L;

        @Override
        public PendingWrite apply(Long value, SinkWriter.Context context) {
            long held = TAKEN.incrementAndGet() - SETTLED.get();
            MOST_HELD.accumulateAndGet(held, Math::max);
            return value == REFUSED_VALUE
                    ? TestStores.write(USERS, value, new byte[TOO_LONG])
                    : TestStores.write(value % USERS, value);
        }
    }

    /** Counts. */
    private static final class Counting implements WriteListener {
        @Override
        public CompletionStage<Void> settled(List<SettledWrite> writes) {
            SETTLED.addAndGet(writes.size());
            REFUSED.addAndGet(
                    writes.stream()
                            .filter(one -> one.outcome() == SettledWrite.Outcome.REFUSED)
                            .count());
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {}
    }

    @Test
    void redis_killedTwiceWhileWriting_losesNothing(@TempDir Path dir) throws Exception {
        try (EmbeddedRedis server = EmbeddedRedis.startPersistent(dir)) {
            RedisConfig redis = RedisConfig.standalone(new Endpoint("127.0.0.1", server.port()));
            outage(
                    server,
                    StoreConfig.Kind.REDIS,
                    new StoreConnections(Map.of(), Map.of(TestStores.CONF_ID, redis)),
                    200_000,
                    2);
        }
    }

    @Test
    void cassandra_killedWhileWriting_losesNothing(@TempDir Path dir) throws Exception {
        try (EmbeddedCassandra server = EmbeddedCassandra.start(dir)) {
            ScyllaConfig cassandra =
                    ScyllaConfig.of(
                            List.of(new Endpoint("127.0.0.1", server.port())),
                            EmbeddedCassandra.DATACENTER,
                            "sinks");
            try (ScyllaTables tables = ScyllaTables.open(cassandra, Duration.ofSeconds(60))) {
                tables.createKeyspace(1);
                tables.apply(TestStores.snapshot(StoreConfig.Kind.SCYLLA), TestStores.CONF_ID);
            }
            outage(
                    server,
                    StoreConfig.Kind.SCYLLA,
                    new StoreConnections(Map.of(TestStores.CONF_ID, cassandra), Map.of()),
                    60_000,
                    1);
        }
    }

    @Test
    void storeAway_bufferFull_cancelEndsTheJob(@TempDir Path dir) throws Exception {
        resetCounters();
        EmbeddedRedis server = EmbeddedRedis.start(dir);
        server.close();
        RedisConfig redis = RedisConfig.standalone(new Endpoint("127.0.0.1", server.port()));
        JobClient job =
                submit(
                        StoreConfig.Kind.REDIS,
                        new StoreConnections(Map.of(), Map.of(TestStores.CONF_ID, redis)),
                        200_000);
        await(job).until(() -> TAKEN.get() > MAX_PENDING);
        job.cancel().get(30, TimeUnit.SECONDS);

        assertThat(job.getJobExecutionResult())
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .withCauseInstanceOf(JobCancellationException.class);
        // The row that is too long is refused without asking the store; no other can be settled.
        assertThat(SETTLED.get()).isEqualTo(REFUSED.get());
        assertThat(REFUSED.get()).isLessThanOrEqualTo(1);
    }

    private static void resetCounters() {
        for (AtomicLong counter : List.of(TAKEN, SETTLED, REFUSED, MOST_HELD)) {
            counter.set(0);
        }
    }

    private static void outage(
            ForkedServer server,
            StoreConfig.Kind kind,
            StoreConnections connections,
            long values,
            int kills)
            throws Exception {
        resetCounters();
        JobClient job = submit(kind, connections, values);
        for (int kill = 1; kill <= kills; kill++) {
            long enough = kill * values / (kills + 1);
            await(job).until(() -> SETTLED.get() >= enough);
            server.kill();
            // Held back: the buffer is full and the stream stands still.
            await(job).until(() -> TAKEN.get() - SETTLED.get() >= MAX_PENDING);
            long taken = TAKEN.get();
            await(job).during(Duration.ofSeconds(2)).until(() -> TAKEN.get() == taken);
            server.start();
        }
        job.getJobExecutionResult().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

        assertThat(SETTLED.get()).isGreaterThanOrEqualTo(values);
        assertThat(REFUSED.get()).isEqualTo(1);
        // The row that waits at the gate is counted too.
        assertThat(MOST_HELD.get()).isBetween((long) MAX_PENDING, MAX_PENDING + 1L);
        assertNewestStored(kind, connections, values);
    }

    private static org.awaitility.core.ConditionFactory await(JobClient job) {
        return Awaitility.await()
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .failFast(
                        "the job ended", () -> job.getJobStatus().get().isGloballyTerminalState());
    }

    private static JobClient submit(
            StoreConfig.Kind kind, StoreConnections connections, long values) throws Exception {
        Configuration conf = new Configuration();
        conf.setString("restart-strategy.type", "none");
        conf.setString("pipeline.generic-types", "false");
        conf.setString("pipeline.auto-generate-uids", "false");
        conf.setString("pipeline.object-reuse", "true");
        conf.setString("execution.checkpointing.interval", "200 ms");
        conf.setString("execution.checkpointing.tolerable-failed-checkpoints", "100");
        conf.setString("parallelism.default", "1");
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(conf);
        FeatureStoreSink<Long> sink =
                (kind == StoreConfig.Kind.REDIS
                                ? RedisSink.<Long>builder(connections)
                                : ScyllaSink.<Long>builder(connections))
                        .setConverter(new Converter())
                        .setRegistry(new TestStores.Registry(kind))
                        .setListener(context -> new Counting())
                        .setLimits(LIMITS)
                        .build();
        env.fromSequence(1, values).uid("source-values").sinkTo(sink).uid("sink-blocks");
        return env.executeAsync("outage of " + kind);
    }

    private static void assertNewestStored(
            StoreConfig.Kind kind, StoreConnections connections, long values) {
        SchemaSnapshot snapshot = TestStores.snapshot(kind);
        List<EntityKey> users = LongStream.range(0, USERS).mapToObj(TestStores::user).toList();
        List<StoredRow> rows = new ArrayList<>();
        try (FeatureStoreReader reader = FeatureStoreReaders.open(connections)) {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .untilAsserted(
                            () -> {
                                rows.clear();
                                rows.addAll(TestStores.read(reader, snapshot, users));
                                assertThat(rows).allMatch(row -> row.failure() == null);
                            });
        }
        for (int user = 0; user < USERS; user++) {
            long newest = (values - user) / USERS * USERS + user;
            assertThat(rows.get(user).blocks().get(0).block())
                    .as("user %d", user)
                    .isEqualTo(TestStores.block(newest));
        }
    }
}
