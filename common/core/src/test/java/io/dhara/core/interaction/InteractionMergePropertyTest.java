package io.dhara.core.interaction;

import static io.dhara.core.interaction.Samples.NEW_YEAR;
import static io.dhara.core.interaction.Samples.USER;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.interaction.InteractionType.Shape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Duplicate delivery, permuted delivery and replay give one and the same block. */
class InteractionMergePropertyTest {
    private static final long NOW = NEW_YEAR + Duration.ofHours(12).toMillis();
    private static final long WEEK = Duration.ofDays(7).toMillis();
    private static final byte[] NONE = {};

    /**
     * Few products and times, so that much coincides; also weeks that share a slot, and bad times.
     */
    private static Interaction random(InteractionType type, Random random) {
        long week = random.nextInt(3) * 5 * WEEK;
        long time =
                switch (random.nextInt(20)) {
                    case 0 -> NOW - 25 * WEEK;
                    case 1 -> NOW + WEEK;
                    default -> NOW - week - random.nextInt(12) * 1000L;
                };
        // a sub-order belongs to a week: sent again, it comes with a time near the first
        boolean subOrder = type.shape() == Shape.ORDER && random.nextBoolean();
        return new Interaction(
                USER,
                type.name(),
                random.nextInt(3),
                random.nextInt(2),
                time,
                subOrder ? "S" + time / WEEK + "_" + random.nextInt(4) : "",
                random.nextInt(3) == 0 ? "m" : "");
    }

    private static byte[] deliver(
            InteractionType type, List<Interaction> events, int batch, long now) {
        byte[] block = NONE;
        for (int from = 0; from < events.size(); from += batch) {
            List<Interaction> stored =
                    block.length == 0 ? List.of() : InteractionBlock.decode(USER, type, block);
            InteractionMerge.Result result =
                    InteractionMerge.union(
                            type,
                            stored,
                            events.subList(from, Math.min(events.size(), from + batch)),
                            now);
            if (result.changed()) {
                block = InteractionBlock.encode(type, result.interactions());
            } else {
                assertThat(result.interactions()).isEqualTo(stored);
            }
        }
        return block;
    }

    @Property(tries = 2000)
    void i6_anyOrderAndAnyRepetition_giveOneBlock(
            @ForAll long seed,
            @ForAll boolean orders,
            @ForAll @IntRange(min = 1, max = 2) int layout,
            @ForAll @IntRange(min = 1, max = 40) int weekLimit,
            @ForAll @IntRange(min = 1, max = 80) int count,
            @ForAll @IntRange(min = 1, max = 20) int batch) {
        InteractionType type =
                Samples.type(
                        orders ? "ORDER" : "CLICK",
                        orders ? Shape.ORDER : Shape.CLICK,
                        layout,
                        weekLimit);
        Random random = new Random(seed);
        List<Interaction> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(random(type, random));
        }
        byte[] atOnce = deliver(type, events, count, NOW);

        List<Interaction> repeated = new ArrayList<>(events);
        for (int i = random.nextInt(count + 1); i > 0; i--) {
            repeated.add(events.get(random.nextInt(count)));
        }
        Collections.shuffle(repeated, random);
        repeated.addAll(events); // a replay of the whole topic
        byte[] inBatches = deliver(type, repeated, batch, NOW);
        assertThat(inBatches).isEqualTo(atOnce);
        if (atOnce.length > 0) {
            assertThat(InteractionBlock.decode(USER, type, atOnce))
                    .isEqualTo(recomputed(type, events));
        }
    }

    /** Plainly: newest of each identity, newest of each week. */
    private static List<Interaction> recomputed(InteractionType type, Collection<Interaction> all) {
        Map<InteractionIdentity, Interaction> newest = new HashMap<>();
        for (Interaction event : all) {
            if (event.eventTimeMillis() > NOW - 24 * WEEK && event.eventTimeMillis() <= NOW) {
                newest.merge(
                        InteractionIdentity.of(event),
                        event,
                        (a, b) -> Interaction.NEWEST_FIRST.compare(a, b) <= 0 ? a : b);
            }
        }
        Map<Long, List<Interaction>> weeks = new TreeMap<>();
        newest.values()
                .forEach(
                        event ->
                                weeks.computeIfAbsent(
                                                -WeekSlots.ISO_WEEK.weekStartMillis(
                                                        event.eventTimeMillis()),
                                                start -> new ArrayList<>())
                                        .add(event));
        List<Interaction> kept = new ArrayList<>();
        for (List<Interaction> week : weeks.values()) {
            week.sort(Interaction.NEWEST_FIRST);
            kept.addAll(week.subList(0, Math.min(type.weekLimit(), week.size())));
        }
        return kept;
    }

    /** With the limit of a layout 1 block in play as well. */
    @Property(tries = 60)
    void i7_fullWeeksInAnyOrder_giveOneBlock(
            @ForAll long seed, @ForAll @IntRange(min = 20, max = 400) int batch) {
        Random random = new Random(seed);
        List<Interaction> events = new ArrayList<>();
        for (int i = 0; i < 1200; i++) {
            long week = random.nextInt(3) * 5 * WEEK;
            events.add(Samples.click(i % 50, NOW - week - random.nextInt(4000) * 1000L));
        }
        byte[] atOnce = deliver(Samples.CLICK, events, events.size(), NOW);
        Collections.shuffle(events, random);
        assertThat(Arrays.equals(deliver(Samples.CLICK, events, batch, NOW), atOnce)).isTrue();
    }
}
