package io.dhara.stores.scylla;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.config.Settings;
import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionBlock;
import io.dhara.core.interaction.InteractionType;
import io.dhara.core.interaction.InteractionTypes;
import io.dhara.core.interaction.WeekSlots;
import io.dhara.stores.interaction.TypeInteractions;
import io.dhara.stores.scylla.NewestOfType.Range;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class NewestOfTypeTest {
    private static final InteractionType CLICK =
            InteractionTypes.from(Settings.parse(Map.of())).byName("CLICK").orElseThrow();
    private static final long NOW = Instant.parse("2027-01-20T12:00:00Z").toEpochMilli();
    private static final long WINDOW = Duration.ofDays(7 * 24).toMillis();
    private static final String USER = "u";

    private final Map<Integer, byte[]> blocks = new TreeMap<>();
    private final int[] counts = new int[WeekSlots.SLOTS];
    private final List<Interaction> all = new ArrayList<>();

    /** What the asking came to. */
    private record Answered(TypeInteractions answer, int rounds, int slots) {}

    @Test
    void i3_anyCountsThatAreThere_neverChangeTheAnswer() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            store(randomInteractions(random, random.nextInt(400)));
            long to = NOW - (random.nextBoolean() ? 0 : (long) (random.nextDouble() * WINDOW));
            long from = Math.max(NOW - WINDOW, to - (long) (random.nextDouble() * 2 * WINDOW));
            int limit = 1 + random.nextInt(150);
            for (int slot = 0; slot < counts.length; slot++) {
                boolean wrong = random.nextBoolean();
                if (counts[slot] == 0) {
                    counts[slot] = wrong ? 1 + random.nextInt(500) : 0;
                } else if (wrong) {
                    counts[slot] =
                            random.nextBoolean() ? NewestOfType.UNKNOWN : 1 + random.nextInt(500);
                }
            }

            Answered answered = ask(from, to, limit);

            assertThat(answered.answer.interactions())
                    .as("seed %d", seed)
                    .isEqualTo(newest(from, to, limit));
            assertThat(answered.answer.complete()).isTrue();
            assertThat(answered.rounds).isLessThanOrEqualTo(NewestOfType.MAX_ROUNDS);
        }
    }

    @Test
    void lastK_rightCounts_takesOneRoundAndTheSlotsNeeded() {
        List<Interaction> interactions = new ArrayList<>();
        for (int week = 0; week < 20; week++) {
            for (int i = 0; i < 40; i++) {
                interactions.add(click(i, NOW - Duration.ofDays(7).toMillis() * week - i));
            }
        }
        store(interactions);

        Answered answered = ask(NOW - WINDOW, NOW, 100);

        assertThat(answered.answer.interactions()).isEqualTo(newest(NOW - WINDOW, NOW, 100));
        // slot 3 also holds a week of last year, so it counts for too much
        assertThat(answered.rounds).isLessThanOrEqualTo(2);
        assertThat(answered.slots).isLessThanOrEqualTo(6);
    }

    @Test
    void lastK_fewerThanK_takesOneRound() {
        store(List.of(click(1, NOW), click(2, NOW - WINDOW / 2), click(3, NOW - WINDOW)));

        Answered answered = ask(NOW - WINDOW, NOW, 100);

        assertThat(answered.answer.interactions()).hasSize(3);
        assertThat(answered.rounds).isEqualTo(1);
        assertThat(answered.slots).isEqualTo(3);
    }

    @Test
    void oneOrderStoredTwice_isTheNewerOne() {
        Interaction older =
                new Interaction(USER, "CLICK", 1, 2, NOW - WINDOW / 2, "sub-1", "first");
        Interaction newer = new Interaction(USER, "CLICK", 1, 3, NOW - 1000, "sub-1", "second");
        InteractionType wide =
                new InteractionType("CLICK", true, "click", CLICK.shape(), 2, 500, 500);
        for (Interaction interaction : List.of(older, newer)) {
            int slot = WeekSlots.ISO_WEEK.slot(interaction.eventTimeMillis());
            blocks.put(slot, InteractionBlock.encode(wide, List.of(interaction)));
            counts[slot] = 1;
        }

        assertThat(ask(NOW - WINDOW, NOW, 100).answer.interactions()).containsExactly(newer);
    }

    @Test
    void i12_corruptBlock_isLeftOutAndTheAnswerSaysSo() {
        store(List.of(click(1, NOW), click(2, NOW - WINDOW / 2)));
        blocks.put(WeekSlots.ISO_WEEK.slot(NOW), new byte[] {9, 9, 9});

        TypeInteractions answer = ask(NOW - WINDOW, NOW, 100).answer;

        assertThat(answer.complete()).isFalse();
        assertThat(answer.interactions()).containsExactly(click(2, NOW - WINDOW / 2));
    }

    private Answered ask(long from, long to, int limit) {
        SlotOrder order = SlotOrder.of(List.of(WeekSlots.ISO_WEEK), from, to);
        NewestOfType newest = new NewestOfType(CLICK, USER, new Range(from, to, NOW), limit, order);
        Set<Integer> known = new HashSet<>();
        Map<Integer, byte[]> read = new HashMap<>();
        for (int slot = 0; slot < counts.length; slot++) {
            if (counts[slot] == 0) {
                known.add(slot);
            }
        }
        int rounds = 0;
        int slots = 0;
        newest.take(known, read);
        for (List<Integer> asked = newest.ask(counts);
                !asked.isEmpty();
                asked = newest.ask(counts)) {
            rounds++;
            for (int slot : asked) {
                if (known.add(slot)) {
                    slots++;
                }
                if (blocks.containsKey(slot)) {
                    read.put(slot, blocks.get(slot));
                }
            }
            newest.take(known, read);
        }
        return new Answered(newest.answer(), rounds, slots);
    }

    private void store(List<Interaction> interactions) {
        all.clear();
        blocks.clear();
        Arrays.fill(counts, 0);
        all.addAll(interactions);
        Map<Integer, List<Interaction>> bySlot = new TreeMap<>();
        for (Interaction interaction : interactions) {
            bySlot.computeIfAbsent(
                            WeekSlots.ISO_WEEK.slot(interaction.eventTimeMillis()),
                            slot -> new ArrayList<>())
                    .add(interaction);
        }
        bySlot.forEach(
                (slot, list) -> {
                    blocks.put(slot, InteractionBlock.encode(CLICK, list));
                    counts[slot] = list.size();
                });
    }

    private List<Interaction> newest(long from, long to, int limit) {
        return all.stream()
                .filter(i -> i.eventTimeMillis() >= from && i.eventTimeMillis() <= to)
                .sorted(Interaction.NEWEST_FIRST)
                .limit(limit)
                .toList();
    }

    private static List<Interaction> randomInteractions(Random random, int size) {
        List<Interaction> interactions = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            interactions.add(click(i, NOW - (long) (random.nextDouble() * WINDOW)));
        }
        return interactions;
    }

    private static Interaction click(long product, long eventTimeMillis) {
        return new Interaction(USER, "CLICK", product, 7, eventTimeMillis, "", "");
    }
}
