package io.dhara.stores.write.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.interaction.Interaction;
import io.dhara.core.interaction.InteractionType;
import io.dhara.stores.interaction.HotAnswer;
import io.dhara.stores.interaction.HotAnswer.State;
import io.dhara.stores.interaction.InteractionQuery;
import io.dhara.stores.write.interaction.HotTierWriter.HotAdd;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A reader beside a writer: every answer is what the writer had made of the user at one instant.
 */
final class HotTierSnapshotITCase extends HotTierFixture {
    private static final String U = "u1";
    private static final Duration FOR = Duration.ofSeconds(4);
    private static final long HISTORY = 1;
    private static final List<String> NAMES = List.of("WISHLIST", "SHARE", "ADD_TO_CART");

    @Test
    void read_besideAddsLoadsAndCloses_seesWholeStepsOnly() throws Exception {
        establish();
        List<InteractionType> types =
                NAMES.stream().map(name -> TYPES.byName(name).orElseThrow()).toList();
        InteractionQuery query = new InteractionQuery(types, 0, FOREVER, 100);
        AtomicBoolean stop = new AtomicBoolean();
        long seed = System.nanoTime();
        Random random = new Random(seed);
        CompletableFuture<Long> writing =
                CompletableFuture.supplyAsync(() -> writeSessions(stop, random));
        Map<State, Integer> seen = new EnumMap<>(State.class);
        long end = System.nanoTime() + FOR.toNanos();
        try {
            while (System.nanoTime() < end && !writing.isDone()) {
                List<CompletionStage<HotAnswer>> reads = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    reads.add(reader.read(U, query, Instant.now().plus(READS_WITHIN)));
                }
                for (CompletionStage<HotAnswer> read : reads) {
                    HotAnswer answer = await(read);
                    assertOneInstant(answer, seed);
                    seen.merge(answer.state(), 1, Integer::sum);
                }
            }
        } finally {
            stop.set(true);
        }
        assertThat(await(writing)).as("sessions written").isGreaterThan(50);
        assertThat(seen).containsOnlyKeys(State.values());
    }

    /** Step j of a session adds product j to every type; history is product 1 of every type. */
    private long writeSessions(AtomicBoolean stop, Random random) {
        long epoch = EPOCH;
        while (!stop.get()) {
            epoch++;
            int steps = 1 + random.nextInt(6);
            int loadAfter = random.nextInt(steps);
            List<CompletionStage<?>> session = new ArrayList<>();
            for (int step = 0; step < steps; step++) {
                session.add(
                        writer.add(
                                List.of(new HotAdd(U, epoch, step > 0, ofAllTypes(10L + step)))));
                if (step == loadAfter) {
                    session.add(writer.load(U, epoch, ofAllTypes(HISTORY)));
                }
            }
            session.add(writer.close(U, epoch));
            session.forEach(call -> await(call));
        }
        return epoch - EPOCH;
    }

    private static List<Interaction> ofAllTypes(long product) {
        return NAMES.stream()
                .map(name -> new Interaction(U, name, product, 0, T + product, "", ""))
                .toList();
    }

    private static void assertOneInstant(HotAnswer answer, long seed) {
        List<List<Long>> products =
                answer.lists().stream()
                        .map(
                                list ->
                                        list.interactions().stream()
                                                .map(Interaction::productId)
                                                .toList())
                        .toList();
        String described = "seed %d: %s".formatted(seed, answer);
        assertThat(products).as(described).containsOnly(products.get(0));
        assertThat(answer.established()).as(described).isTrue();
        boolean hot = answer.state() == State.HOT;
        assertThat(answer.lists()).as(described).allMatch(list -> list.complete() == hot);
        List<Long> expected =
                Stream.iterate(
                                9L + products.get(0).size() - (hot ? 1 : 0),
                                product -> product >= 10,
                                product -> product - 1)
                        .collect(Collectors.toCollection(ArrayList::new));
        if (hot) {
            expected.add(HISTORY);
        }
        assertThat(products.get(0)).as(described).isEqualTo(expected);
        assertThat(products.get(0).isEmpty())
                .as(described)
                .isEqualTo(answer.state() == State.ABSENT);
    }
}
