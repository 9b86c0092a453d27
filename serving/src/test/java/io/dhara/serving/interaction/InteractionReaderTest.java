package io.dhara.serving.interaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.dhara.core.config.Settings;
import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionType;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.serving.interaction.InteractionAnswer.OfType;
import io.dhara.serving.interaction.InteractionReader.ReadRules;
import io.dhara.serving.interaction.ScriptedColdTier.Asked;
import io.dhara.stores.interaction.HotAnswer.State;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.read.StoreReadException;
import io.dhara.stores.read.StoreReadException.Kind;
import io.dhara.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InteractionReaderTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final long NOW_MS = NOW.toEpochMilli();
    private static final InteractionTypes TYPES =
            InteractionTypes.from(Settings.parse(Map.of("interactions.type.SHARE.layout", "2")));
    private static final InteractionType CLICK = TYPES.byName("CLICK").orElseThrow();
    private static final InteractionType ORDER = TYPES.byName("ORDER").orElseThrow();

    private final ManualClock clock = new ManualClock(NOW);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final ScriptedHotTier hot = new ScriptedHotTier(asked);
    private final ScriptedColdTier cold = new ScriptedColdTier(asked);
    private final InteractionReader reader = reader(Duration.ofMillis(200));

    private InteractionReader reader(Duration hotWait) {
        return new InteractionReader(
                hot,
                cold,
                new ReadRules(hotWait, Duration.ofMillis(5)),
                clock,
                new InteractionMeters(registry));
    }

    private static Interaction click(long product, long ageMillis) {
        return new Interaction("u1", "CLICK", product, 0, NOW_MS - ageMillis, "", "");
    }

    private static Interaction order(String subOrder, long ageMillis) {
        return new Interaction("u1", "ORDER", 9, 0, NOW_MS - ageMillis, subOrder, "");
    }

    private InteractionAnswer last(int k, InteractionType... types) {
        return lastLater(k, types).join();
    }

    private CompletableFuture<InteractionAnswer> lastLater(int k, InteractionType... types) {
        return reader.read(
                "u1",
                new InteractionQuery(List.of(types), Long.MIN_VALUE, Long.MAX_VALUE, k),
                NOW.plusSeconds(10));
    }

    private static Kind failureOf(CompletableFuture<?> answer) {
        Throwable failure = catchThrowable(answer::join);
        assertThat(failure)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(StoreReadException.class);
        return ((StoreReadException) failure.getCause()).kind();
    }

    private static CompletableFuture<Void> failing(Kind kind) {
        return CompletableFuture.failedFuture(new StoreReadException(kind, "as the test says"));
    }

    private List<String> tiersAsked() {
        return asked.stream().map(Asked::tier).toList();
    }

    private double count(String name, String... tags) {
        return registry.find(name).tags(tags).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private double reads(String... tags) {
        return registry.find("dhara.serving.interaction.reads").tags(tags).timers().stream()
                .mapToDouble(timer -> timer.count())
                .sum();
    }

    @Test
    void read_hotAndComplete_asksNothingElse() {
        hot.put(State.HOT, "u1", click(1, 10), click(2, 5));
        cold.put(click(3, 1));

        OfType clicks = last(5, CLICK).types().get(0);

        assertThat(clicks.interactions()).containsExactly(click(2, 5), click(1, 10));
        assertThat(clicks.tier()).isEqualTo(ServedTier.HOT);
        assertThat(clicks.truncated()).isFalse();
        assertThat(tiersAsked()).containsExactly("hot");
        assertThat(reads("tier", "hot", "size", "1-10")).isEqualTo(1);
    }

    @Test
    void read_loading_isTheUnionOfBoth() {
        hot.put(State.LOADING, "u1", click(3, 1), click(2, 5));
        cold.put(click(2, 5), click(1, 10));

        OfType clicks = last(5, CLICK).types().get(0);

        assertThat(clicks.interactions()).containsExactly(click(3, 1), click(2, 5), click(1, 10));
        assertThat(clicks.tier()).isEqualTo(ServedTier.BOTH);
    }

    @Test
    void read_noMarker_isTheColdTierWithWhatTheSetsStillHold() {
        cold.put(click(1, 10));
        assertThat(last(5, CLICK).types().get(0).tier()).isEqualTo(ServedTier.COLD);

        hot.put(State.ABSENT, "u1", click(2, 1));

        assertThat(last(5, CLICK).types().get(0).interactions())
                .containsExactly(click(2, 1), click(1, 10));
    }

    @Test
    void read_flushBetweenTheTiers_leavesNoHole() {
        hot.put(State.LOADING, "u1", click(1, 10));
        CompletableFuture<Void> hotAnswers = new CompletableFuture<>();
        hot.answerAfter(hotAnswers);

        CompletableFuture<InteractionAnswer> answer = lastLater(5, CLICK);
        assertThat(tiersAsked()).as("the cold tier waits for the hot one").containsExactly("hot");
        cold.put(click(1, 10));
        hot.clear("u1");
        hotAnswers.complete(null);

        assertThat(answer.join().types().get(0).interactions()).containsExactly(click(1, 10));
        assertThat(tiersAsked()).containsExactly("hot", "cold");
    }

    @Test
    void read_oneTypeCutInTheHotTier_asksTheColdTierForThatOneAlone() {
        hot.put(State.HOT, "u1", click(2, 1), order("S1", 2));
        hot.cut("u1", "CLICK");
        cold.put(click(1, 10), order("S0", 20));

        InteractionAnswer answer = last(5, ORDER, CLICK);

        assertThat(answer.types().get(0).interactions()).containsExactly(order("S1", 2));
        assertThat(answer.types().get(0).tier()).isEqualTo(ServedTier.HOT);
        assertThat(answer.types().get(1).interactions()).containsExactly(click(2, 1), click(1, 10));
        assertThat(answer.types().get(1).tier()).isEqualTo(ServedTier.BOTH);
        assertThat(asked.get(1).query().types()).containsExactly(CLICK);
        assertThat(answer.tier()).isEqualTo(ServedTier.BOTH);
    }

    @Test
    void read_rebuilding_isNotTrusted_andSaysSo() {
        hot.put(State.HOT, "u1", click(2, 1));
        hot.rebuilding();
        cold.put(click(1, 10));

        InteractionAnswer answer = last(5, CLICK);

        assertThat(answer.types().get(0).interactions()).containsExactly(click(2, 1), click(1, 10));
        assertThat(answer.hotTierIncomplete()).isTrue();
        assertThat(count("dhara.serving.interaction.hot.incomplete", "reason", "rebuilding"))
                .isEqualTo(1);
    }

    @Test
    void read_hotFails_isTheColdTierAlone_andSaysSo() {
        hot.answerAfter(failing(Kind.UNAVAILABLE));
        cold.put(click(1, 10));

        InteractionAnswer answer = last(5, CLICK);

        assertThat(answer.types().get(0).interactions()).containsExactly(click(1, 10));
        assertThat(answer.types().get(0).tier()).isEqualTo(ServedTier.COLD);
        assertThat(answer.hotTierIncomplete()).isTrue();
        assertThat(count("dhara.serving.interaction.hot.incomplete", "reason", "unavailable"))
                .isEqualTo(1);
    }

    @Test
    void read_hotHangs_isGivenUpInTimeForTheColdTier_andItsAnswerIsDropped() {
        CompletableFuture<Void> never = new CompletableFuture<>();
        hot.answerAfter(never);
        hot.put(State.HOT, "u1", click(2, 1));
        cold.put(click(1, 10));

        InteractionAnswer answer = last(5, CLICK);
        never.complete(null);

        assertThat(answer.types().get(0).interactions()).containsExactly(click(1, 10));
        assertThat(answer.hotTierIncomplete()).isTrue();
        assertThat(count("dhara.serving.interaction.hot.incomplete", "reason", "deadline"))
                .isEqualTo(1);
        assertThat(count("dhara.serving.interaction.late.answers", "tier", "hot")).isEqualTo(1);
    }

    @Test
    void i1_coldTierFails_isAFailureAndNoEmptyAnswer() {
        cold.answerAfter(failing(Kind.UNAVAILABLE));
        assertThat(failureOf(lastLater(5, CLICK))).isEqualTo(Kind.UNAVAILABLE);

        hot.put(State.LOADING, "u1", click(2, 1));
        assertThat(failureOf(lastLater(5, CLICK))).isEqualTo(Kind.UNAVAILABLE);

        hot.answerAfter(failing(Kind.UNAVAILABLE));
        assertThat(failureOf(lastLater(5, CLICK))).isEqualTo(Kind.UNAVAILABLE);
        assertThat(reads("tier", "failed")).isEqualTo(3);
    }

    @Test
    void read_coldTierDownButNotNeeded_isAnswered() {
        hot.put(State.HOT, "u1", click(2, 1));
        cold.answerAfter(failing(Kind.UNAVAILABLE));

        assertThat(last(5, CLICK).types().get(0).interactions()).containsExactly(click(2, 1));
    }

    @Test
    void i12_blockThatDoesNotDecode_isCorrupt() {
        cold.put(click(1, 10));
        cold.corrupt("u1", "CLICK");
        assertThat(failureOf(lastLater(5, ORDER, CLICK))).isEqualTo(Kind.CORRUPT);
        assertThat(last(5, ORDER).types().get(0).interactions()).isEmpty();
        assertThat(
                        registry.find("dhara.serving.interaction.tier.reads")
                                .tags("tier", "cold", "outcome", "corrupt")
                                .timer()
                                .count())
                .isEqualTo(1);
    }

    @Test
    void i10_deadline_isHandedDown_andKept() {
        CompletableFuture<Void> late = new CompletableFuture<>();
        cold.answerAfter(late);
        Instant deadline = NOW.plusMillis(300);

        CompletableFuture<InteractionAnswer> answer =
                reader.read("u1", new InteractionQuery(List.of(CLICK), 0, NOW_MS, 5), deadline);

        assertThat(failureOf(answer)).isEqualTo(Kind.DEADLINE);
        assertThat(asked.get(0).deadline()).isEqualTo(NOW.plusMillis(150));
        assertThat(asked.get(1).deadline()).isEqualTo(NOW.plusMillis(295));
        late.complete(null);
        await().until(() -> count("dhara.serving.interaction.late.answers", "tier", "cold") == 1);
    }

    @Test
    void read_moreThanTheLimit_isCutAndSaysSo() {
        hot.put(State.LOADING, "u1", click(4, 1), click(3, 2));
        cold.put(click(3, 2), click(2, 3));
        assertThat(last(3, CLICK).types().get(0).truncated()).isFalse();
        cold.put(click(1, 4));

        OfType clicks = last(3, CLICK).types().get(0);

        assertThat(clicks.interactions()).containsExactly(click(4, 1), click(3, 2), click(2, 3));
        assertThat(clicks.truncated()).isTrue();
        assertThat(asked).allSatisfy(a -> assertThat(a.query().limit()).isEqualTo(4));
    }

    @Test
    void i6_orderInBothTiers_isOne_withItsNewestTime() {
        hot.put(State.LOADING, "u1", order("S1", 1));
        cold.put(order("S1", 100), order("S2", 50));

        assertThat(last(5, ORDER).types().get(0).interactions())
                .containsExactly(order("S1", 1), order("S2", 50));
    }

    @Test
    void i20_olderThan24Weeks_isNotServed_whateverTheTiersHold() {
        long week = Duration.ofDays(7).toMillis();
        cold.put(click(1, 24 * week), click(2, 24 * week + 1));

        assertThat(last(5, CLICK).types().get(0).interactions())
                .containsExactly(click(1, 24 * week));
        asked.clear();
        OfType old =
                reader.read(
                                "u1",
                                new InteractionQuery(List.of(CLICK), 0, NOW_MS - 24 * week - 1, 5),
                                NOW.plusSeconds(1))
                        .join()
                        .types()
                        .get(0);
        assertThat(old.interactions()).isEmpty();
        assertThat(old.tier()).isEqualTo(ServedTier.NONE);
        assertThat(asked).isEmpty();
    }

    @Test
    void union_randomTiers_equalsThePlainUnion() {
        long seed = 20260101L;
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            List<Interaction> all =
                    IntStream.range(0, random.nextInt(60))
                            .mapToObj(i -> click(i % 7, 1_000L * (i / 2)))
                            .distinct()
                            .toList();
            List<Interaction> inHot = all.stream().filter(i -> random.nextBoolean()).toList();
            List<Interaction> inCold =
                    all.stream().filter(i -> !inHot.contains(i) || random.nextBoolean()).toList();
            int most = 1 + random.nextInt(40);
            InteractionQuery query =
                    new InteractionQuery(List.of(CLICK), Long.MIN_VALUE, Long.MAX_VALUE, most);

            List<Interaction> union =
                    TierUnion.of(
                            ScriptedColdTier.newest(inHot, query),
                            ScriptedColdTier.newest(inCold, query),
                            most);

            assertThat(union)
                    .as("seed %s round %s", seed, round)
                    .isEqualTo(
                            Stream.concat(inHot.stream(), inCold.stream())
                                    .distinct()
                                    .sorted(Interaction.NEWEST_FIRST)
                                    .limit(most)
                                    .toList());
        }
    }
}
