package io.dhara.sessionizer.operator;

import static io.dhara.sessionizer.operator.SessionizeBed.CONFIG;
import static io.dhara.sessionizer.operator.SessionizeBed.T0;
import static io.dhara.sessionizer.operator.SessionizeBed.stored;
import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.core.interaction.Interaction;
import io.dhara.proto.v1.SessionClosed;
import io.dhara.proto.v1.SessionItem;
import io.dhara.proto.v1.SessionRecord;
import io.dhara.sessionizer.session.PlainSessions;
import io.dhara.sessionizer.session.SessionEvent;
import io.dhara.sessionizer.session.SessionRules;
import io.dhara.sessionizer.tier.ManualTiers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.jspecify.annotations.Nullable;

/**
 * Random events in a random order inside the lateness, some twice, random watermarks, tiers that
 * fail or hold their answers, crashes at random points and restores: the sessions are those of a
 * plain recomputation, the cold tier has every event once, and what a reader may trust is true.
 */
class SessionizePropertyTest {
    private static final long LATENESS_MILLIS = 20_000;
    private static final SessionRules RULES =
            new SessionRules(Duration.ofSeconds(30), Duration.ofSeconds(100), 6);
    private static final SessionizeConfig SMALL =
            new SessionizeConfig(
                    RULES,
                    CONFIG.flushInterval(),
                    CONFIG.flushMaxEvents(),
                    CONFIG.flushMaxBytes(),
                    CONFIG.tick(),
                    CONFIG.tiers());
    private static final List<String> STEPS =
            List.of(
                    "add",
                    "history",
                    "load",
                    "prepare",
                    "publish",
                    "write",
                    "close",
                    "isWhole",
                    "establish");

    private record Arrival(Interaction interaction, long key) {}

    /** A run of the job over its source, from beginning to end, crashes included. */
    private static final class Run {
        private final ManualTiers tiers = new ManualTiers();
        private final List<Arrival> source;
        private final Random random;
        private SessionizeBed bed;
        private int next;
        private long newest = Long.MIN_VALUE;
        private @Nullable OperatorSubtaskState checkpoint;
        private int checkpointNext;
        private long checkpointNewest = Long.MIN_VALUE;

        Run(List<Arrival> source, Random random) throws Exception {
            this.source = source;
            this.random = random;
            this.bed = SessionizeBed.onHeap(SMALL, tiers, null, T0);
        }

        void toTheEnd() throws Exception {
            while (next < source.size()) {
                switch (random.nextInt(14)) {
                    case 0 -> crash();
                    case 1, 2 -> checkpoint();
                    case 3 -> tiers.gate.fail(step(), 1 + random.nextInt(2));
                    case 4 -> tiers.gate.loseAnswers(step(), 1 + random.nextInt(2));
                    case 5 -> tiers.gate.hold(step());
                    case 6 -> open();
                    case 7 -> lose();
                    case 8 -> readersAreRight();
                    case 9, 10 -> bed.watermarkMillis(watermark());
                    case 11 -> bed.pass(Duration.ofMillis(50));
                    default -> arrive();
                }
            }
            readersAreRight();
            bed.watermarkMillis(newest + Duration.ofHours(1).toMillis());
            bed.pass(Duration.ofSeconds(1));
            bed.close();
        }

        /** But for the looks. */
        private String calls() {
            List<String> calls = new ArrayList<>(tiers.gate.calls());
            calls.removeIf(call -> call.equals("isWhole"));
            return "calls: " + calls;
        }

        private String step() {
            return STEPS.get(random.nextInt(STEPS.size()));
        }

        private long watermark() {
            return newest == Long.MIN_VALUE ? T0 - 1 : newest - LATENESS_MILLIS - 1;
        }

        private void arrive() throws Exception {
            Interaction interaction = source.get(next++).interaction();
            newest = Math.max(newest, interaction.eventTimeMillis());
            bed.event(stored(interaction));
        }

        private void checkpoint() throws Exception {
            tiers.gate.note("checkpoint");
            checkpoint = bed.snapshot();
            checkpointNext = next;
            checkpointNewest = newest;
        }

        private void crash() throws Exception {
            tiers.gate.note("crash");
            long now = bed.harness.getProcessingTime();
            bed.close();
            if (random.nextBoolean()) {
                tiers.gate.forgetHeld();
            } else {
                tiers.gate.open();
            }
            bed = SessionizeBed.onHeap(SMALL, tiers, checkpoint, now + 10);
            next = checkpointNext;
            newest = checkpointNewest;
        }

        private void lose() {
            tiers.gate.note("lose");
            tiers.hot.lose();
        }

        private void open() throws Exception {
            tiers.gate.open();
            bed.settle();
        }

        /** With nothing held or failing, after a few seconds. */
        private void readersAreRight() throws Exception {
            tiers.gate.recover();
            open();
            bed.pass(Duration.ofSeconds(12));
            Map<String, Set<Interaction>> taken = new HashMap<>();
            for (Arrival arrival : source.subList(0, next)) {
                taken.computeIfAbsent(arrival.interaction().userId(), user -> new HashSet<>())
                        .add(arrival.interaction());
            }
            assertThat(tiers.hot.isEstablished()).isTrue();
            taken.forEach(
                    (user, interactions) -> {
                        Set<Interaction> hot = new HashSet<>(tiers.hot.interactions(user));
                        Set<Interaction> both = new HashSet<>(tiers.cold.interactions(user));
                        both.addAll(hot);
                        assertThat(both).containsAll(interactions);
                        if (tiers.hot.isHot(user)) {
                            assertThat(hot).isEqualTo(both);
                        }
                    });
        }
    }

    @Property(tries = 200)
    void sessions_areThoseOfAPlainRecomputation(
            @ForAll @Size(min = 1, max = 60) List<@IntRange(max = 500) Integer> seconds,
            @ForAll long seed)
            throws Exception {
        Random random = new Random(seed);
        List<Arrival> source = new ArrayList<>();
        Map<String, List<SessionEvent>> byUser = new TreeMap<>();
        for (int second : seconds) {
            Interaction interaction =
                    SessionizeBed.click("u" + random.nextInt(3), second, 1 + random.nextInt(2));
            byUser.computeIfAbsent(interaction.userId(), user -> new ArrayList<>())
                    .add(SessionEvent.of(true, interaction));
            for (int copies = random.nextInt(6) == 0 ? 2 : 1; copies > 0; copies--) {
                source.add(
                        new Arrival(
                                interaction,
                                interaction.eventTimeMillis()
                                        + random.nextLong(LATENESS_MILLIS + 1)));
            }
        }
        source.sort(Comparator.comparingLong(Arrival::key));

        Run run = new Run(source, random);
        run.toTheEnd();

        List<String> expected = new ArrayList<>();
        byUser.forEach(
                (user, events) -> {
                    for (List<SessionEvent> session : PlainSessions.of(RULES, events)) {
                        expected.add(text(user, session));
                    }
                    assertThat(run.tiers.cold.interactions(user))
                            .containsExactlyInAnyOrderElementsOf(
                                    events.stream()
                                            .distinct()
                                            .map(event -> event.toInteraction(user))
                                            .toList());
                });
        assertThat(run.tiers.sessions.records().stream().distinct().map(this::text))
                .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(run.tiers.sessions.records())
                .extracting(SessionRecord::getClosed)
                .doesNotContain(SessionClosed.SESSION_CLOSED_LATE);
        assertThat(run.tiers.hot.userIds()).as(run::calls).isEmpty();
    }

    private static String text(String user, List<SessionEvent> session) {
        return user + session.stream().map(e -> e.eventTimeMillis() + "/" + e.productId()).toList();
    }

    private String text(SessionRecord record) {
        return record.getUserId()
                + record.getItemsList().stream().map(SessionizePropertyTest::text).toList();
    }

    private static String text(SessionItem item) {
        return item.getEventTimeMs() + "/" + item.getProductId();
    }
}
