package io.dhara.stores.write.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.interaction.Interaction;
import io.dhara.stores.interaction.HotAnswer;
import io.dhara.stores.interaction.HotAnswer.State;
import io.dhara.stores.interaction.TypeInteractions;
import io.dhara.stores.write.interaction.HotTierWriter.Added;
import io.dhara.stores.write.interaction.HotTierWriter.HotAdd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Adds, loads and closes of users' sessions, as a reader sees them. */
final class HotTierWriteITCase extends HotTierFixture {
    private static final String U = "u1";

    @Test
    void session_fromFirstAddToClose_isLoadingThenHotThenAbsent() {
        establish();
        assertThat(read(U)).isEqualTo(answer(State.ABSENT, true, false));

        assertThat(add(U, EPOCH, click(U, 1, T))).isEqualTo(Added.LOADING);
        assertThat(read(U)).isEqualTo(answer(State.LOADING, true, false, click(U, 1, T)));

        assertThat(load(U, EPOCH, click(U, 2, T - 1000))).isTrue();
        assertThat(read(U))
                .isEqualTo(answer(State.HOT, true, true, click(U, 1, T), click(U, 2, T - 1000)));

        assertThat(add(writer, U, EPOCH, true, click(U, 3, T + 1))).isEqualTo(Added.HOT);
        assertThat(clicks(U)).hasSize(3);

        assertThat(closeSession(U, EPOCH)).isTrue();
        assertThat(read(U)).isEqualTo(answer(State.ABSENT, true, false));
        assertThat(redis.keys(U + "*")).isEmpty();
    }

    @Test
    void add_nothingAsOfAnAppOpen_startsASessionThatCanBeLoaded() {
        establish();
        assertThat(add(U, EPOCH)).isEqualTo(Added.LOADING);
        assertThat(load(U, EPOCH)).isTrue();
        assertThat(read(U)).isEqualTo(answer(State.HOT, true, true));
    }

    @Test
    void add_twice_changesNothing() {
        establish();
        Interaction[] clicks = {click(U, 1, T), click(U, 2, T), click(U, 1, T + 1)};
        add(U, EPOCH, clicks);
        load(U, EPOCH, click(U, 3, T - 1));
        Map<String, String> marker = redis.hgetAll(U + "_SESSION");
        HotAnswer before = read(U);

        assertThat(add(writer, U, EPOCH, true, clicks)).isEqualTo(Added.HOT);
        assertThat(add(writer, U, EPOCH, true, clicks[0], clicks[0])).isEqualTo(Added.HOT);
        assertThat(read(U)).isEqualTo(before);
        assertThat(redis.hgetAll(U + "_SESSION")).isEqualTo(marker);
    }

    @Test
    void add_anyOrderAndGrouping_givesTheSameSets() {
        List<Interaction> clicks = new ArrayList<>();
        for (int i = 0; i < 12; i++) { // more than the limit, and several of one time
            clicks.add(click("any", i, T + i / 3));
        }
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> expected = null;
        for (int round = 0; round < 20; round++) {
            String user = "any" + round;
            Collections.shuffle(clicks, random);
            for (int from = 0; from < clicks.size(); ) {
                int to = Math.min(clicks.size(), from + 1 + random.nextInt(5));
                add(user, EPOCH, clicks.subList(from, to).toArray(Interaction[]::new));
                from = random.nextInt(4) == 0 ? from : to; // some groups are added twice
            }
            List<String> members = redis.zrange(user + "_CLICK", 0, -1);
            expected = expected == null ? members : expected;
            assertThat(members).as("seed %d round %d", seed, round).isEqualTo(expected);
            assertThat(redis.hget(user + "_SESSION", "n.CLICK")).isEqualTo(CLICK_LIMIT + "+");
        }
    }

    @Test
    void add_moreThanTheLimit_keepsTheNewestAndSaysHowFarItCanVouch() {
        establish();
        add(U, EPOCH);
        load(U, EPOCH, series(1, CLICK_LIMIT));
        assertThat(completeFrom(0)).as("as many as were asked for: there may be older").isFalse();
        assertThat(completeFrom(T + 2)).isTrue();

        assertThat(add(writer, U, EPOCH, true, click(U, 9, T + 9))).isEqualTo(Added.HOT);
        assertThat(clicks(U)).hasSize(CLICK_LIMIT);
        assertThat(completeFrom(T + 2)).as("the oldest kept, and others of its time?").isFalse();
        assertThat(completeFrom(T + 3)).isTrue();
        assertThat(read(U, 0, T + 9, CLICK_LIMIT - 1).lists().get(0).complete()).isTrue();
        assertThat(read(U, 0, T + 9, CLICK_LIMIT).lists().get(0).complete()).isFalse();
        assertThat(read(U, 0, T + 9, 100).established()).as("left out is history").isTrue();
    }

    @Test
    void add_openSessionOutgrowsTheLimit_answersThatReachBeyondAreNotEstablished() {
        establish();
        add(U, EPOCH, series(0, 2 * CLICK_LIMIT));
        assertThat(read(U, 0, T + 99, 100).established()).isFalse();
        assertThat(read(U, 0, T + 99, 2).established()).isTrue();
        load(U, EPOCH);
        HotAnswer beyond = read(U, 0, T + 99, 100);
        assertThat(beyond.state()).isEqualTo(State.HOT);
        assertThat(beyond.established()).isFalse();
        assertThat(beyond.lists().get(0).complete()).isFalse();
        assertThat(read(U, 0, T + 99, 2).lists().get(0).complete()).isTrue();
    }

    @Test
    void epoch_olderOne_neverReplacesANewerOne() {
        establish();
        add(U, EPOCH + 5, click(U, 1, T));
        add(U, EPOCH, click(U, 2, T));
        assertThat(redis.hget(U + "_SESSION", "epoch")).isEqualTo("1005");
        assertThat(load(U, EPOCH, click(U, 3, T))).isFalse();
        assertThat(closeSession(U, EPOCH)).isFalse();
        assertThat(clicks(U)).hasSize(2);
        assertThat(closeSession(U, EPOCH + 5)).isTrue();
    }

    @Test
    void epoch_newerOne_keepsTheSetsHotAndTheOlderCloseHasNoEffect() {
        establish();
        add(U, EPOCH, click(U, 1, T));
        load(U, EPOCH, click(U, 2, T - 1));
        assertThat(add(U, EPOCH + 1, click(U, 3, T + 1))).isEqualTo(Added.HOT);
        assertThat(closeSession(U, EPOCH)).isFalse();
        assertThat(read(U).state()).isEqualTo(State.HOT);
        assertThat(clicks(U)).hasSize(3);
    }

    @Test
    void load_startedBeforeFlushAndCloseAndArrivingInTheNextSession_hasNoEffect() {
        establish();
        add(U, EPOCH, click(U, 1, T));
        Interaction[] oldHistory = {click(U, 9, T - 99)}; // read here, before click 1 was flushed
        assertThat(closeSession(U, EPOCH)).isTrue();
        add(U, EPOCH + 1, click(U, 2, T + 1));

        assertThat(load(U, EPOCH, oldHistory)).isFalse();
        assertThat(read(U)).isEqualTo(answer(State.LOADING, true, false, click(U, 2, T + 1)));
    }

    @Test
    void load_afterClose_leavesNothingBehind() {
        establish();
        add(U, EPOCH, click(U, 1, T));
        closeSession(U, EPOCH);
        assertThat(load(U, EPOCH, click(U, 9, T))).isFalse();
        assertThat(redis.keys(U + "*")).isEmpty();
    }

    @Test
    void load_repeated_isRefusedWithoutEffect() {
        establish();
        add(U, EPOCH, click(U, 1, T));
        assertThat(load(U, EPOCH, click(U, 2, T))).isTrue();
        assertThat(load(U, EPOCH, click(U, 3, T))).isFalse();
        assertThat(clicks(U)).hasSize(2);
    }

    @Test
    void load_aLongHistory_isTakenInOneStep() {
        establish();
        add(U, EPOCH);
        Interaction[] orders =
                LongStream.range(0, 4500)
                        .mapToObj(i -> new Interaction(U, "ORDER", i, 1, T + i, "S" + i, ""))
                        .toArray(Interaction[]::new);
        assertThat(load(U, EPOCH, orders)).isTrue();
        assertThat(redis.zcard(U + "_ORDER")).isEqualTo(500);
        assertThat(redis.hget(U + "_SESSION", "n.ORDER")).isEqualTo("500+");
    }

    @Test
    void erase_openSession_removesEverything() {
        add(U, EPOCH, click(U, 1, T), new Interaction(U, "ORDER", 1, 1, T, "S1", ""));
        await(writer.erase(U));
        assertThat(redis.keys(U + "*")).isEmpty();
    }

    @Test
    void read_equalTimes_areInTheOneOrder() {
        establish();
        add(U, EPOCH, click(U, 10, T), click(U, 9, T), click(U, 100, T), click(U, -1, T));
        assertThat(clicks(U))
                .extracting(Interaction::productId)
                .containsExactly(-1L, 9L, 10L, 100L);
        assertThat(read(U, 0, T, 2).lists().get(0).interactions())
                .as("cut between equal times")
                .extracting(Interaction::productId)
                .containsExactly(-1L, 9L);
    }

    @Test
    void read_range_hasBothEnds() {
        establish();
        add(U, EPOCH, series(0, 5));
        assertThat(read(U, T + 1, T + 3, 100).lists().get(0).interactions())
                .extracting(Interaction::eventTimeMillis)
                .containsExactly(T + 3, T + 2, T + 1);
    }

    @Test
    void read_twoMembersOfOneIdentity_areOneAndTheLimitIsStillReached() {
        establish();
        List<Interaction> orders = new ArrayList<>();
        for (int i = 0; i < 6; i++) { // one order line, delivered again with other times
            orders.add(new Interaction(U, "ORDER", 1, 1, T + 10 + i, "S1", ""));
        }
        orders.add(new Interaction(U, "ORDER", 2, 1, T, "S2", ""));
        add(U, EPOCH, orders.toArray(Interaction[]::new));
        assertThat(readType("ORDER", U, 2)).containsExactly(orders.get(5), orders.get(6));
    }

    @Test
    void members_anyTexts_comeBackAsTheyWere() {
        establish();
        List<Interaction> events = new ArrayList<>();
        for (String text : List.of("", "|", "\\", "a|b\\|c\\", "\u0938\u0941 \uD83D\uDED2")) {
            events.add(new Interaction(U, "ORDER", 1, 2, T, "S" + text, text));
        }
        events.add(new Interaction(U, "ORDER", 1, 2, T, "", ""));
        add(U, EPOCH, events.toArray(Interaction[]::new));
        assertThat(readType("ORDER", U, 100)).containsExactlyInAnyOrderElementsOf(events);
    }

    @Test
    void keys_ofAUser_allExpireAndAddsRenewThem() {
        add(U, EPOCH, click(U, 1, T), new Interaction(U, "ORDER", 1, 1, T, "S1", ""));
        long ttl = config().ttl().toMillis();
        for (String key : redis.keys(U + "*")) {
            assertThat(redis.pttl(key)).as(key).isBetween(ttl - 60_000, ttl);
        }
        String marker = U + "_SESSION";
        // As if an eighth of the TTL and more had passed since.
        redis.hset(marker, "renewed", Long.toString(System.currentTimeMillis() - ttl / 7));
        redis.keys(U + "*").forEach(key -> redis.pexpire(key, ttl - ttl / 7));
        add(U, EPOCH, click(U, 2, T));
        for (String key : redis.keys(U + "*")) {
            assertThat(redis.pttl(key)).as(key).isBetween(ttl - 60_000, ttl);
        }
    }

    @Test
    void keys_ofAnotherKind_failTheCallAndKeepTheMarker() {
        establish();
        add(U, EPOCH, click(U, 1, T));
        redis.set(U + "_ORDER", "not ours");
        assertThat(
                        writer.add(
                                        List.of(
                                                new HotAdd(
                                                        U,
                                                        EPOCH,
                                                        true,
                                                        List.of(
                                                                new Interaction(
                                                                        U, "ORDER", 1, 1, T, "S",
                                                                        "")))))
                                .toCompletableFuture())
                .failsWithin(READS_WITHIN)
                .withThrowableThat()
                .havingRootCause()
                .withMessageContaining("WRONGTYPE");
        assertThat(clicks(U)).hasSize(1);
        assertThat(redis.hget(U + "_SESSION", "state")).isEqualTo("loading");
    }

    @Test
    void write_serverForgetsTheScripts_sendsThemAgain() {
        establish();
        add(U, EPOCH, click(U, 1, T));
        redis.scriptFlush();
        assertThat(add(writer, U, EPOCH, true, click(U, 2, T))).isEqualTo(Added.LOADING);
        redis.scriptFlush();
        assertThat(clicks(U)).hasSize(2);
    }

    @Test
    void calls_madeWithoutWaiting_takeEffectInTheirOrder() {
        establish();
        List<CompletionStage<?>> all = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            long epoch = EPOCH + i;
            all.add(writer.add(List.of(new HotAdd(U, epoch, false, List.of(click(U, i, T))))));
            all.add(writer.load(U, epoch, List.of()));
            all.add(writer.close(U, epoch));
        }
        all.forEach(HotTierFixture::await);
        assertThat(all.stream().map(s -> s.toCompletableFuture().join()))
                .filteredOn(answer -> Boolean.FALSE.equals(answer))
                .isEmpty();
        assertThat(redis.keys(U + "*")).isEmpty();
    }

    private boolean completeFrom(long from) {
        return read(U, from, T + 99, 100).lists().get(0).complete();
    }

    private static Interaction[] series(int from, int count) {
        return LongStream.range(from, from + count)
                .mapToObj(i -> click(U, i, T + i))
                .toArray(Interaction[]::new);
    }

    private static HotAnswer answer(
            State state, boolean established, boolean complete, Interaction... clicks) {
        return new HotAnswer(
                state, established, List.of(new TypeInteractions(Arrays.asList(clicks), complete)));
    }
}
