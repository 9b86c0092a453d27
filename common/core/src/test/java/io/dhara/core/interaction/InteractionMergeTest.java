package io.dhara.core.interaction;

import static io.dhara.core.interaction.Samples.CLICK;
import static io.dhara.core.interaction.Samples.NEW_YEAR;
import static io.dhara.core.interaction.Samples.ORDER;
import static io.dhara.core.interaction.Samples.click;
import static io.dhara.core.interaction.Samples.order;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.interaction.InteractionType.Shape;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InteractionMergeTest {
    private static final long NOW = NEW_YEAR + Duration.ofHours(12).toMillis();
    private static final long WEEK = Duration.ofDays(7).toMillis();

    private static InteractionMerge.Result union(
            List<Interaction> stored, List<Interaction> added) {
        return InteractionMerge.union(CLICK, stored, added, NOW);
    }

    /** One a second, newest first. */
    private static List<Interaction> clicks(int count, long newestMillis) {
        return IntStream.range(0, count).mapToObj(i -> click(i, newestMillis - 1000L * i)).toList();
    }

    @Test
    void union_isNewestFirstAndSaysWhatIsNew() {
        Interaction old = click(1, NOW - 5000);
        Interaction newer = click(2, NOW - 1000);
        Interaction newest = click(3, NOW);
        InteractionMerge.Result result = union(List.of(old), List.of(newer, newest));
        assertThat(result.interactions()).containsExactly(newest, newer, old);
        assertThat(result.added()).containsExactly(newest, newer);
        assertThat(result.trimmed()).isZero();
        assertThat(result.duplicates()).isZero();
        assertThat(result.changed()).isTrue();
    }

    @Test
    void union_ofEqualTimes_isInTheOneOrder() {
        Interaction a = click(1, 5, NOW, "");
        Interaction b = click(1, 6, NOW, "a");
        Interaction c = click(1, 6, NOW, "b");
        Interaction d = click(2, 1, NOW, "");
        assertThat(union(List.of(c, a), List.of(d, b)).interactions()).containsExactly(a, b, c, d);
    }

    /** Redelivery, and a retry after a part of the batch failed. */
    @Test
    void i6_deliveredTwice_isStoredOnce() {
        List<Interaction> first = clicks(20, NOW);
        InteractionMerge.Result once = union(List.of(), first);
        InteractionMerge.Result again = union(once.interactions(), first);
        assertThat(again.interactions()).isEqualTo(once.interactions());
        assertThat(again.added()).isEmpty();
        assertThat(again.duplicates()).isEqualTo(20);
        assertThat(again.changed()).isFalse();

        List<Interaction> twice = new ArrayList<>(first);
        twice.addAll(first);
        InteractionMerge.Result inOneBatch = union(List.of(), twice);
        assertThat(inOneBatch.interactions()).isEqualTo(once.interactions());
        assertThat(inOneBatch.added()).hasSize(20);
        assertThat(inOneBatch.duplicates()).isEqualTo(20);
    }

    @Test
    void i6_oneDifferentField_isAnotherInteraction() {
        Interaction base = click(1, 2, NOW, "a");
        List<Interaction> others =
                List.of(
                        click(9, 2, NOW, "a"),
                        click(1, 9, NOW, "a"),
                        click(1, 2, NOW - 1, "a"),
                        click(1, 2, NOW, "b"));
        assertThat(union(List.of(base), others).interactions()).hasSize(5);
    }

    @Test
    void i6_orderSentAgain_isOneWithItsNewestTime() {
        Interaction first = order(7, NOW - 9000, "S1");
        Interaction corrected = order(7, NOW - 1000, "S1");
        InteractionMerge.Result newer =
                InteractionMerge.union(ORDER, List.of(first), List.of(corrected), NOW);
        assertThat(newer.interactions()).containsExactly(corrected);
        assertThat(newer.added()).isEmpty();
        assertThat(newer.changed()).isTrue();

        InteractionMerge.Result older =
                InteractionMerge.union(ORDER, List.of(corrected), List.of(first), NOW);
        assertThat(older.interactions()).containsExactly(corrected);
        assertThat(older.changed()).isFalse();
        assertThat(older.duplicates()).isOne();
    }

    @Test
    void i6_orderOfTwoProductsOrWithoutSubOrder_isNotOne() {
        List<Interaction> events =
                List.of(
                        order(7, NOW - 1, "S1"),
                        order(8, NOW - 1, "S1"),
                        order(7, NOW - 2, ""),
                        order(7, NOW - 3, ""));
        assertThat(InteractionMerge.union(ORDER, List.of(), events, NOW).interactions()).hasSize(4);
    }

    /** Seconds taken for milliseconds, an old topic replayed, a clock years ahead. */
    @ParameterizedTest
    @CsvSource({"1767225600", "1736899200000", "1893456000000", "-1", "9223372036854775807"})
    void i4_oneImplausibleTime_neverClearsASlot(long timeMillis) {
        List<Interaction> stored = clicks(300, NOW);
        InteractionMerge.Result result =
                union(stored, List.of(click(9, timeMillis), click(9, NOW - 500)));
        assertThat(result.interactions()).hasSize(301).containsAll(stored);
        assertThat(result.added()).containsExactly(click(9, NOW - 500));
        assertThat(result.trimmed()).isOne();
    }

    @Test
    void i4_bothEndsOfTheWindow_areKept() {
        long oldest = InteractionWindow.oldestMillis(NOW);
        long newest = NOW + InteractionWindow.MAX_FUTURE.toMillis();
        InteractionMerge.Result result =
                union(
                        List.of(),
                        List.of(
                                click(1, newest + 1),
                                click(2, newest),
                                click(3, oldest),
                                click(4, oldest - 1)));
        assertThat(result.interactions()).containsExactly(click(2, newest), click(3, oldest));
        assertThat(result.trimmed()).isEqualTo(2);
    }

    /** A slot whose week came round again: the week before last year's goes one by one. */
    @Test
    void i4_newWeekInAnOldSlot_dropsOnlyWhatIsTooOld() {
        List<Interaction> stored =
                List.of(
                        click(1, NOW - 24 * WEEK + 1),
                        click(2, NOW - 24 * WEEK),
                        click(3, NOW - 24 * WEEK - 1));
        InteractionMerge.Result result = union(stored, List.of(click(9, NOW)));
        assertThat(result.interactions())
                .containsExactly(click(9, NOW), stored.get(0), stored.get(1));
        assertThat(union(stored, List.of()).changed()).isFalse();
    }

    /** Weeks 49 of 2026 and 1 of 2027 are both slot 1; each has its own 500. */
    @Test
    void i7_newYear_weeksOfOneSlotDoNotEvictEachOther() {
        long week49 = Instant.parse("2026-12-01T12:00:00Z").toEpochMilli();
        long week1 = Instant.parse("2027-01-05T12:00:00Z").toEpochMilli();
        assertThat(WeekSlots.ISO_WEEK.slot(week49)).isEqualTo(1);
        assertThat(WeekSlots.ISO_WEEK.slot(week1 + WEEK)).isEqualTo(2);
        InteractionType small = Samples.type("CLICK", Shape.CLICK, 1, 200);
        long now = week1 + 1000;
        List<Interaction> before = clicks(200, week49);
        InteractionMerge.Result result =
                InteractionMerge.union(small, before, clicks(250, week1), now);
        assertThat(result.interactions()).hasSize(400).containsAll(before);
        assertThat(result.interactions().subList(0, 200)).isEqualTo(clicks(200, week1));
        assertThat(result.trimmed()).isEqualTo(50);
    }

    @Test
    void i7_twoFullWeeksInOneBlock_keepTheNewest511() {
        List<Interaction> stored = clicks(500, NOW - 5 * WEEK);
        List<Interaction> added = clicks(500, NOW);
        InteractionMerge.Result result = union(stored, added);
        assertThat(result.interactions())
                .hasSize(511)
                .startsWith(added.toArray(Interaction[]::new));
        assertThat(result.interactions().subList(500, 511)).isEqualTo(stored.subList(0, 11));
        assertThat(result.trimmed()).isEqualTo(489);
        assertThat(InteractionBlock.encode(CLICK, result.interactions())).isNotEmpty();

        InteractionType wide = Samples.type("CLICK", Shape.CLICK, 2, 500);
        assertThat(InteractionMerge.union(wide, stored, added, NOW).interactions()).hasSize(1000);
    }

    @Test
    void i11_moreThanAWeekHolds_keepsTheNewestAndNamesAllThatIsNew() {
        List<Interaction> stored = clicks(500, NOW - 10_000_000);
        List<Interaction> older = clicks(3, NOW - 20_000_000);
        InteractionMerge.Result result = union(stored, older);
        assertThat(result.interactions()).isEqualTo(stored);
        assertThat(result.added()).isEqualTo(older);
        assertThat(result.trimmed()).isEqualTo(3);
        assertThat(result.changed()).isFalse();

        List<Interaction> five = clicks(5000, NOW);
        assertThat(union(stored, five).interactions()).isEqualTo(five.subList(0, 500));
    }

    /** Eight such bodies are one UPDATE, which the store must be able to take. */
    @Test
    void i11_longTexts_areLimitedByTheBytesOfABody() {
        List<Interaction> events =
                IntStream.range(0, 500)
                        .mapToObj(i -> click(i, 1, NOW - i, "x".repeat(65_535)))
                        .toList();
        InteractionMerge.Result result = union(List.of(), events);
        int most = InteractionBlock.MERGED_BODY_LENGTH / (28 + 65_535);
        assertThat(result.interactions()).isEqualTo(events.subList(0, most));
        assertThat(result.trimmed()).isEqualTo(500 - most);
        assertThat(8L * InteractionBlock.MERGED_BODY_LENGTH).isLessThan(16L << 20);
    }

    /** Blocks of BharatMLStack: equal times in any order, repetitions. */
    @Test
    void stored_outOfOrderAndRepeated_isPutRight() {
        Interaction a = click(1, NOW - 1);
        Interaction b = click(2, NOW - 1);
        Interaction c = click(3, NOW - 2);
        InteractionMerge.Result result = union(List.of(b, c, a, a), List.of(click(4, NOW)));
        assertThat(result.interactions()).containsExactly(click(4, NOW), a, b, c);
        assertThat(result.duplicates()).isZero();
        assertThat(union(List.of(b, c, a, a), List.of(a)).changed()).isFalse();
    }

    /** Sorted once and walked once: k log k + n + k, not k n log n. */
    @ParameterizedTest
    @CsvSource({"5000, 500", "50000, 500", "1, 511", "511, 511"})
    void i14_comparisons_growWithOneSortAndOneWalk(int added, int stored) {
        List<Interaction> shuffled = new ArrayList<>(clicks(added, NOW));
        Collections.shuffle(shuffled, new Random(14));
        AtomicLong comparisons = new AtomicLong();
        InteractionMerge.union(
                CLICK,
                clicks(stored, NOW - 500),
                shuffled,
                NOW,
                (a, b) -> {
                    comparisons.incrementAndGet();
                    return Interaction.NEWEST_FIRST.compare(a, b);
                });
        double sort = added * Math.log(added) / Math.log(2);
        assertThat(comparisons.get()).isLessThanOrEqualTo((long) (sort + 2L * (added + stored)));
    }
}
