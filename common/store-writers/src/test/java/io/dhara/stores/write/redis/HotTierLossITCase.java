package io.dhara.stores.write.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.interaction.Interaction;
import io.dhara.embedded.EmbeddedRedis;
import io.dhara.stores.interaction.HotAnswer;
import io.dhara.stores.interaction.HotAnswer.State;
import io.dhara.stores.interaction.HotTierConfig;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.write.interaction.HotTierWriter;
import io.dhara.stores.write.interaction.HotTierWriter.Added;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/**
 * What is lost in Redis is noticed by the part of the job that wrote it, and not trusted before.
 */
final class HotTierLossITCase extends HotTierFixture {
    private static final int READS = 1_000;

    /** Changes while one answer is read; the reader bears as many. */
    private static final int PARTS = 4;

    private static final String U = "u1";
    private static final Interaction C1 = click(U, 1, T);
    private static final Interaction C2 = click(U, 2, T + 1);

    @Test
    void isWhole_nothingEverWritten_isFalseOnceAndEstablishMakesItTrusted() {
        assertThat(read(U).established()).isFalse();
        assertThat(await(writer.isWhole())).isFalse();
        assertThat(await(writer.isWhole())).isTrue();
        assertThat(read(U).established()).isFalse();
        await(writer.establish());
        assertThat(read(U).established()).isTrue();
        assertThat(await(writer.isWhole())).isTrue();
    }

    @Test
    void add_continuesButTheMarkerIsGone_isLostAndThePartIsAddedAgain() {
        hotSession();
        redis.del(U + "_SESSION");
        assertThat(add(writer, U, EPOCH, true, C2)).isEqualTo(Added.LOST);
        HotAnswer lost = read(U);
        assertThat(lost.state()).isEqualTo(State.LOADING);
        assertThat(lost.established()).isFalse();
        assertThat(load(U, EPOCH)).as("a load that began before the loss").isFalse();

        assertThat(await(writer.isWhole())).isFalse();
        assertThat(add(writer, U, EPOCH, true, C1, C2)).isEqualTo(Added.LOADING);
        assertThat(read(U).established()).isFalse();
        await(writer.establish());
        assertThat(load(U, EPOCH)).isTrue();
        assertTrusted(C2, C1);
    }

    @Test
    void flushAll_isNotTrustedFromThatInstantAndNoticed() {
        hotSession();
        redis.flushAll();
        assertThat(read(U)).extracting(HotAnswer::established).isEqualTo(false);
        assertThat(read(U).state()).isEqualTo(State.ABSENT);
        rebuild();
    }

    @Test
    void flushAll_whileEverythingIsAddedAgain_establishHasNoEffect() {
        hotSession();
        redis.flushAll();
        assertThat(await(writer.isWhole())).isFalse();
        add(U, EPOCH, C1);
        redis.flushAll();
        await(writer.establish());
        assertThat(read(U).established()).isFalse();
        assertThat(redis.exists(U + "_CLICK")).isFalse();
        rebuild();
    }

    @Test
    void restart_fromAnOldSnapshot_staleHotMarkersAreNotTrusted() throws Exception {
        try (EmbeddedRedis own =
                EmbeddedRedis.start(dir.resolve("snapshots"), List.of("--dbfilename", "s.rdb"))) {
            use(own);
            establish();
            add(U, EPOCH, C1);
            load(U, EPOCH);
            assertTrusted(C1);
            redis.save(); // the beacon is in it too, established
            assertThat(add(writer, U, EPOCH, true, C2)).isEqualTo(Added.HOT);
            String before = redis.hget("dhara:hot-tier", "0");
            redis.close();
            own.restart();
            redis = new Jedis("127.0.0.1", own.port());
            assertThat(redis.hget("dhara:hot-tier", "0")).isEqualTo(before);
            assertThat(redis.hget(U + "_SESSION", "state")).isEqualTo("hot");

            HotAnswer stale = readWhenBack();
            assertThat(stale.state()).isEqualTo(State.LOADING);
            assertThat(stale.established()).isFalse();
            assertThat(stale.lists().get(0).complete()).isFalse();

            assertThat(eventually(writer::isWhole)).isFalse();
            assertThat(add(writer, U, EPOCH, true, C1, C2)).isEqualTo(Added.LOADING);
            await(writer.establish());
            assertThat(read(U).state()).isEqualTo(State.LOADING);
            load(U, EPOCH);
            assertTrusted(C2, C1);
        }
    }

    @Test
    void restart_fromAnOldSnapshot_aClosedUsersOldMarkerIsNotTrustedAfterTheRebuild()
            throws Exception {
        try (EmbeddedRedis own =
                EmbeddedRedis.start(dir.resolve("closed"), List.of("--dbfilename", "s.rdb"))) {
            use(own);
            establish();
            add(U, EPOCH, C1);
            load(U, EPOCH);
            redis.save();
            add(writer, U, EPOCH, true, C2);
            closeSession(U, EPOCH); // both clicks are in the cold tier now
            redis.close();
            own.restart();
            redis = new Jedis("127.0.0.1", own.port());
            readWhenBack();
            eventually(writer::isWhole);
            await(writer.establish());

            HotAnswer answer = read(U);
            assertThat(answer.state()).isEqualTo(State.LOADING);
            assertThat(answer.lists().get(0).complete()).isFalse();
            assertThat(answer.established()).as("the cold tier has all of it").isTrue();
        }
    }

    @Test
    void eviction_ofOneSet_isNotCompleteAndNoticedByTheNextAdd() {
        hotSession();
        redis.del(U + "_CLICK");
        HotAnswer evicted = read(U);
        assertThat(evicted.lists().get(0).complete()).isFalse();
        assertThat(evicted.established()).as("open clicks may be gone").isFalse();

        assertThat(add(writer, U, EPOCH, true, C2)).isEqualTo(Added.LOST);
        assertThat(read(U).established()).isFalse();
        assertThat(await(writer.isWhole())).isFalse();
    }

    @Test
    void eviction_ofAnotherTypesSet_doesNotTouchThisTypesAnswer() {
        hotSession();
        add(writer, U, EPOCH, true, new Interaction(U, "ORDER", 1, 1, T, "S", ""));
        redis.del(U + "_ORDER");
        assertTrusted(C1);
    }

    @Test
    void eviction_byAFullServer_absentUsersAreNotEstablished(@TempDir Path own) throws Exception {
        try (EmbeddedRedis small =
                EmbeddedRedis.start(
                        own, List.of("--maxmemory-policy", "allkeys-lru", "--maxmemory", "3mb"))) {
            use(small);
            establish();
            assertThat(read("nobody").established()).isTrue();
            byte[] value = new byte[20_000];
            for (int i = 0; i < 300; i++) {
                redis.set(("filler" + i).getBytes(StandardCharsets.UTF_8), value);
                redis.hgetAll("dhara:hot-tier"); // kept, being used
            }
            assertThat(redis.info("stats")).doesNotContain("evicted_keys:0\r");
            eventually(writer::isWhole);
            await(writer.establish());
            assertThat(read("nobody").established()).isFalse();
        }
    }

    /** Parts of the job start one after the other, and each writes the beacon as it does. */
    @Test
    void beacon_changesWhileItIsRead_answersAreEstablishedAllTheSame() {
        hotSession();
        InteractionQuery clicks =
                new InteractionQuery(List.of(TYPES.byName("CLICK").orElseThrow()), 0, FOREVER, 100);
        List<HotAnswer> answers = new ArrayList<>();
        for (int i = 0; i < READS; i++) {
            CompletionStage<HotAnswer> reading =
                    reader.read(U, clicks, Instant.now().plus(READS_WITHIN));
            for (int part = 0; part < PARTS; part++) {
                redis.hset("dhara:hot-tier", "version", i + "-" + part);
            }
            answers.add(await(reading));
        }
        assertThat(answers)
                .hasSize(READS)
                .allSatisfy(answer -> assertThat(answer.established()).isTrue());
    }

    @Test
    void established_onlyWhenAllPartsSaidSo() {
        writer.close();
        writer = writer(0, 2);
        try (HotTierWriter second = writer(1, 2)) {
            establish(writer);
            assertThat(read(U).established()).isFalse();
            await(second.isWhole());
            assertThat(read(U).established()).isFalse();
            await(second.establish());
            assertThat(read(U).established()).isTrue();

            second.add(List.of());
            add(second, "u2", EPOCH, false, click("u2", 1, T));
            redis.del("u2_SESSION");
            add(second, "u2", EPOCH, true, click("u2", 2, T));
            assertThat(read(U).established()).as("one part lost something").isFalse();
            assertThat(await(writer.isWhole())).as("the other did not").isTrue();
            establish(second);
            assertThat(read(U).established()).isTrue();
        }
    }

    @Test
    void partsChanged_everythingIsAddedAgain() {
        hotSession();
        writer.close();
        try (HotTierWriter first = writer(0, 2);
                HotTierWriter second = writer(1, 2)) {
            assertThat(await(first.isWhole())).isFalse();
            assertThat(read(U).established()).isFalse();
            assertThat(await(second.isWhole())).isFalse();
            await(first.establish());
            await(second.establish());
            HotAnswer answer = read(U);
            assertThat(answer.established()).isTrue();
            assertThat(answer.state()).as("marked by the former part").isEqualTo(State.LOADING);
            assertThat(add(second, U, EPOCH, false, C1)).isEqualTo(Added.LOADING);
            assertThat(await(second.load(U, EPOCH, List.of()))).isTrue();
            assertTrusted(C1);
        }
        writer = writer(0, 1);
        assertThat(await(writer.isWhole())).isFalse();
        await(writer.establish());
        assertThat(redis.hkeys("dhara:hot-tier")).containsExactlyInAnyOrder("0", "version");
        assertThat(read(U).established()).isTrue();
    }

    @Test
    void newAttempt_ofAnIntactTier_goesOnUnderItsGenerationAndFencesTheOldOne() {
        hotSession();
        String generation = redis.hget(U + "_SESSION", "generation");
        try (HotTierWriter next = writer(0, 1)) {
            assertThat(await(next.isWhole())).isTrue();
            assertTrusted(C1);
            assertThat(add(next, U, EPOCH + 1, false, C2)).isEqualTo(Added.HOT);
            assertThat(redis.hget(U + "_SESSION", "generation")).isEqualTo(generation);

            assertThat(writer.isWhole().toCompletableFuture())
                    .failsWithin(READS_WITHIN)
                    .withThrowableThat()
                    .havingRootCause()
                    .withMessageContaining("FENCED");
            assertThat(await(next.isWhole())).isTrue();
            assertTrusted(C2, C1);
        }
    }

    @Test
    void newAttempt_ofATierThatWasBeingRebuilt_addsEverythingAgain() {
        hotSession();
        redis.flushAll();
        assertThat(await(writer.isWhole())).isFalse();
        try (HotTierWriter next = writer(0, 1)) {
            assertThat(await(next.isWhole())).isFalse();
            await(next.establish());
            assertThat(read(U).established()).isTrue();
        }
    }

    @Test
    void olderGeneration_neverTakesAMarkerOver() {
        hotSession();
        Map<String, String> marker = redis.hgetAll(U + "_SESSION");
        // A writer that was replaced: its marker of long ago.
        redis.hset(U + "_SESSION", "generation", "9000000000000000");
        assertThat(add(U, EPOCH + 1, C2)).isEqualTo(Added.HOT);
        assertThat(redis.hget(U + "_SESSION", "generation")).isEqualTo("9000000000000000");
        assertThat(redis.hget(U + "_SESSION", "state")).isEqualTo(marker.get("state"));
        assertThat(read(U).state()).isEqualTo(State.LOADING);
        assertThat(read(U).established()).as("of a part that has just lost the tier").isFalse();
    }

    @Test
    void beacon_thatNobodyRenews_goesBeforeTheUsersKeysDo() {
        hotSession();
        long keys = redis.pttl(U + "_SESSION");
        assertThat(redis.pttl("dhara:hot-tier")).isBetween(1L, keys * 3 / 4);
        redis.pexpire("dhara:hot-tier", 1000);
        assertThat(await(writer.isWhole())).isTrue();
        assertThat(redis.pttl("dhara:hot-tier")).isGreaterThan(1000);
    }

    @Test
    void reader_ofAnotherForm_trustsNothing() {
        hotSession();
        reader.close();
        reader =
                reader(
                        new HotTierConfig(
                                HotTierConfig.KeyStyle.HASH_TAG,
                                config().member(),
                                config().ttl(),
                                config().beaconRefresh()));
        assertThat(read(U).established()).isFalse();
    }

    private void hotSession() {
        establish();
        add(U, EPOCH, C1);
        load(U, EPOCH);
        assertTrusted(C1);
    }

    private void rebuild() {
        assertThat(await(writer.isWhole())).isFalse();
        assertThat(add(writer, U, EPOCH, false, C1)).isEqualTo(Added.LOADING);
        await(writer.establish());
        assertThat(load(U, EPOCH)).isTrue();
        assertTrusted(C1);
    }

    private void assertTrusted(Interaction... clicks) {
        HotAnswer answer = read(U);
        assertThat(answer.state()).isEqualTo(State.HOT);
        assertThat(answer.established()).isTrue();
        assertThat(answer.lists().get(0).complete()).isTrue();
        assertThat(answer.lists().get(0).interactions()).containsExactly(clicks);
    }
}
