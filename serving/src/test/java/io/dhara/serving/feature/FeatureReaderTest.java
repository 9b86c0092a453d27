package io.dhara.serving.feature;

import static io.dhara.serving.feature.ReadHarness.group;
import static io.dhara.serving.feature.ReadHarness.users;
import static io.dhara.serving.feature.TestSchemas.block;
import static io.dhara.serving.feature.TestSchemas.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dhara.core.model.DataType;
import io.dhara.proto.retrieve.Query;
import io.dhara.serving.feature.GroupRead.Outcome;
import io.dhara.stores.read.StoreReadException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Cache, stores and deadlines together, seen from outside where that is possible. */
class FeatureReaderTest {
    private final ReadHarness harness =
            new ReadHarness(
                    TestSchemas.user()
                            .cache(3600, 0)
                            .group("n", 1, TestSchemas.SCYLLA, DataType.INT64, MINUTE, true)
                            .version(1, TestSchemas.feature("i", 0, "0700000000000000"))
                            .done()
                            .group("m", 2, TestSchemas.SCYLLA, DataType.INT64, MINUTE, true)
                            .version(1, TestSchemas.feature("i", 0, "0700000000000000"))
                            .done()
                            .group("r", 3, TestSchemas.REDIS, DataType.INT64, MINUTE, false)
                            .version(1, TestSchemas.feature("i", 0, "0700000000000000"))
                            .done()
                            .snapshot());
    private static final Duration MINUTE = Duration.ofSeconds(60);
    private static final long NOW_MICROS = ReadHarness.START.toEpochMilli() * 1000;
    private static final Query N = users(List.of(group("n", "i")), "u1");

    @AfterEach
    void close() {
        harness.close();
    }

    @Test
    void cachedGroup_secondRead_doesNotAskTheStore() {
        put("n", "u1", 0, 42);

        assertThat(ask(N)).containsExactly("42");
        assertThat(ask(N)).containsExactly("42");
        assertThat(harness.stores.reads()).hasSize(1);
    }

    @Test
    void cachedBlock_expiresToTheMillisecondAndUnderTheTtlOfToday() {
        put("n", "u1", 0, 42);
        assertThat(ask(N)).containsExactly("42");

        harness.clock.advance(MINUTE);
        assertThat(ask(N)).containsExactly("42");
        harness.clock.advance(Duration.ofMillis(1));
        assertThat(ask(N)).containsExactly("7");
        assertThat(harness.stores.reads()).hasSize(1);
    }

    @Test
    void b33_keyCachedAsMissing_isFoundAfterItsFirstWrite() {
        assertThat(ask(N)).containsExactly("7");
        put("n", "u1", 0, 42);
        assertThat(ask(N)).containsExactly("7");

        harness.services.invalidations().invalidated(key("u1"), List.of("n"), NOW_MICROS);

        assertThat(ask(N)).containsExactly("42");
    }

    @Test
    void b31_twoRequestShapes_doNotEvictEachOther() {
        put("n", "u1", 0, 1);
        put("m", "u1", 0, 2);
        Query both = users(List.of(group("n", "i"), group("m", "i")), "u1");

        ask(both);
        ask(N);
        ask(both);

        assertThat(harness.stores.reads()).hasSize(1);
    }

    @Test
    void partMissing_onlyThatPartIsRead() {
        put("n", "u1", 0, 1);
        put("n", "u2", 0, 2);
        ask(N);

        assertThat(ask(users(List.of(group("n", "i"), group("m", "i")), "u1", "u2")))
                .containsExactly("1", "7", "2", "7");

        assertThat(harness.stores.reads().get(1).keys()).containsExactly(key("u1"), key("u2"));
        ask(users(List.of(group("n", "i")), "u2", "u3"));
        assertThat(harness.stores.reads().get(2).keys()).containsExactly(key("u3"));
        assertThat(harness.stores.reads().get(2).groups()).containsExactly("n");
    }

    @Test
    void b35_invalidationDuringAFill_isNotUndoneByIt() throws Exception {
        put("n", "u1", 0, 1);
        harness.stores.hold();
        CompletableFuture<List<String>> first = CompletableFuture.supplyAsync(() -> ask(N));
        await().atMost(Duration.ofSeconds(10)).until(() -> harness.stores.heldReads() == 1);

        put("n", "u1", 1, 2);
        harness.services.invalidations().invalidated(key("u1"), List.of("n"), NOW_MICROS + 1);
        harness.stores.release();

        assertThat(first.get(10, TimeUnit.SECONDS)).containsExactly("1");
        assertThat(ask(N)).containsExactly("2");
    }

    @Test
    void bypass_readsTheStoreAndRefreshesTheCache() {
        put("n", "u1", 0, 1);
        ask(N);
        put("n", "u1", 1, 2);
        assertThat(ask(N)).containsExactly("1");

        harness.bypass = true;
        assertThat(ask(N)).containsExactly("2");
        harness.bypass = false;
        assertThat(ask(N)).containsExactly("2");
        assertThat(harness.stores.reads()).hasSize(2);
    }

    @Test
    void followerNotCurrent_readsTheStoreEveryTime() {
        put("n", "u1", 0, 1);
        ask(N);
        harness.current.set(false);
        put("n", "u1", 1, 2);

        assertThat(ask(N)).containsExactly("2");
        assertThat(ask(N)).containsExactly("2");
        assertThat(harness.stores.reads()).hasSize(3);
    }

    @Test
    void b30_failures_areNotCached() {
        put("n", "u1", 0, 1);
        harness.stores.failStore("1", StoreReadException.Kind.UNAVAILABLE);
        assertThat(ask(N)).containsExactly("7");
        harness.stores.recover();

        assertThat(ask(N)).containsExactly("1");
    }

    @Test
    void corruptBlock_isNotCached() {
        harness.stores.put("1", key("u1"), "n", new byte[] {1, 2, 3}, 1);
        assertThat(ask(N)).containsExactly("7");
        put("n", "u1", 0, 1);

        assertThat(ask(N)).containsExactly("1");
    }

    @Test
    void b26_requestForAFeatureTheStoredVersionLacks_leavesTheCacheAsItWas() {
        harness.registry.show(
                TestSchemas.user()
                        .cache(3600, 0)
                        .group("n", 1, TestSchemas.SCYLLA, DataType.INT64, MINUTE, true)
                        .version(1, TestSchemas.feature("i", 0, "0700000000000000"))
                        .version(
                                2,
                                TestSchemas.feature("i", 0, "0700000000000000"),
                                TestSchemas.feature("j", 1, "0800000000000000"))
                        .done()
                        .revision(2)
                        .snapshot());
        harness.stores.put(
                "1",
                key("u1"),
                "n",
                block(harness.snapshot(), "n", 1, 0, false, e -> e.putLong(0, 42)),
                NOW_MICROS);

        assertThat(ask(users(List.of(group("n", "j", "i")), "u1"))).containsExactly("8", "42");
        assertThat(ask(N)).containsExactly("42");
        assertThat(harness.stores.reads()).hasSize(1);
    }

    @Test
    void equalMisses_askTheStoreOnce() throws Exception {
        put("n", "u1", 0, 1);
        put("n", "u2", 0, 2);
        harness.stores.hold();
        CompletableFuture<List<String>> first = CompletableFuture.supplyAsync(() -> ask(N));
        await().atMost(Duration.ofSeconds(10)).until(() -> harness.stores.heldReads() == 1);

        CompletableFuture<List<String>> second =
                CompletableFuture.supplyAsync(
                        () -> ask(users(List.of(group("n", "i")), "u2", "u1")));
        await().atMost(Duration.ofSeconds(10)).until(() -> harness.stores.heldReads() == 2);
        harness.stores.release();

        assertThat(first.get(10, TimeUnit.SECONDS)).containsExactly("1");
        assertThat(second.get(10, TimeUnit.SECONDS)).containsExactly("2", "1");
        assertThat(harness.stores.reads().get(1).keys()).containsExactly(key("u2"));
        assertThat(harness.meters.counter("dhara.serving.cache.joined").count()).isEqualTo(1);
    }

    @Test
    void equalMissAfterAnInvalidation_doesNotJoinTheOlderRead() throws Exception {
        put("n", "u1", 0, 1);
        harness.stores.hold();
        CompletableFuture<List<String>> first = CompletableFuture.supplyAsync(() -> ask(N));
        await().atMost(Duration.ofSeconds(10)).until(() -> harness.stores.heldReads() == 1);
        put("n", "u1", 1, 2);
        harness.services.invalidations().invalidated(key("u1"), List.of("n"), NOW_MICROS + 1);

        CompletableFuture<List<String>> second = CompletableFuture.supplyAsync(() -> ask(N));
        await().atMost(Duration.ofSeconds(10)).until(() -> harness.stores.heldReads() == 2);
        harness.stores.release();

        assertThat(first.get(10, TimeUnit.SECONDS)).containsExactly("1");
        assertThat(second.get(10, TimeUnit.SECONDS)).containsExactly("2");
    }

    @Test
    void equalMissWithMoreTime_doesNotJoinAReadThatGivesUpEarly() throws Exception {
        harness.stores.hold();
        harness.timeout = Duration.ofSeconds(2);
        CompletableFuture<List<String>> first = CompletableFuture.supplyAsync(() -> ask(N));
        await().atMost(Duration.ofSeconds(10)).until(() -> harness.stores.heldReads() == 1);

        harness.timeout = Duration.ofSeconds(20);
        CompletableFuture<List<String>> second = CompletableFuture.supplyAsync(() -> ask(N));
        await().atMost(Duration.ofSeconds(10)).until(() -> harness.stores.heldReads() == 2);
        harness.stores.release();

        assertThat(first.get(10, TimeUnit.SECONDS)).containsExactly("7");
        assertThat(second.get(10, TimeUnit.SECONDS)).containsExactly("7");
    }

    @Test
    void deadline_isHandedDownWithAReserveForTheAnswer() {
        harness.timeout = Duration.ofMillis(1000);
        ask(N);
        assertThat(harness.stores.reads().get(0).deadline())
                .isEqualTo(ReadHarness.START.plusMillis(995));

        harness.timeout = Duration.ofMillis(20);
        ask(users(List.of(group("n", "i")), "u2"));
        assertThat(harness.stores.reads().get(1).deadline())
                .isEqualTo(ReadHarness.START.plusMillis(18));
    }

    @Test
    void lateStore_answersDefaultsInTimeAndItsAnswerIsDroppedAndCounted() {
        put("n", "u1", 0, 1);
        harness.timeout = Duration.ofMillis(50);
        harness.stores.hold();

        assertThat(ask(N)).containsExactly("7");
        assertThat(harness.degraded()).isEqualTo("deadline;rows=1");

        harness.stores.release();
        assertThat(harness.meters.counter("dhara.serving.store.late.answers", "store", "1").count())
                .isEqualTo(1);
        // What came late is still good for the next reader.
        assertThat(ask(N)).containsExactly("1");
    }

    @Test
    void deadlinePassed_storeIsNotAsked() {
        FeatureReader reader = reader();

        GroupRead[] reads =
                reader.read(plan(), List.of(key("u1")), Instant.EPOCH, false)
                        .toCompletableFuture()
                        .join();

        assertThat(reads).extracting(GroupRead::outcome).containsOnly(Outcome.LATE);
        assertThat(harness.stores.reads()).isEmpty();
    }

    @Test
    void storeBreakingItsContract_isAStoreError() {
        harness.stores.answerWith(read -> List.of());
        assertThat(ask(N)).containsExactly("7");
        assertThat(harness.degraded()).isEqualTo("store-error;rows=1");

        harness.stores.answerWith(
                read -> {
                    throw new IllegalStateException("made to throw");
                });
        assertThat(ask(users(List.of(group("r", "i")), "u1"))).containsExactly("7");
        assertThat(harness.degraded()).isEqualTo("store-error;rows=1");
    }

    private FeatureReader reader() {
        return new FeatureReader(
                harness.stores,
                harness.stores,
                new FeatureCache(0, () -> true, System::nanoTime, bound -> 0, harness.meters),
                new BlockIntake(),
                Clock.systemUTC(),
                new ReadMeters(harness.meters));
    }

    private ReadPlan plan() {
        return ReadPlanner.plan(
                harness.snapshot(),
                "user",
                List.of(new GroupRequest("n", List.of("i"))),
                Dialect.COMPATIBLE);
    }

    /** Columns of all rows of the decoded call, row after row. */
    private List<String> ask(Query query) {
        return harness.compatible().retrieveDecodedResult(query).getRowsList().stream()
                .flatMap(row -> row.getColumnsList().stream())
                .toList();
    }

    private void put(String group, String user, long microsAfterNow, long value) {
        harness.put(group, key(user), NOW_MICROS + microsAfterNow, e -> e.putLong(0, value));
    }
}
