package io.dhara.realtime.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.realtime.domain.definition.FeatureDefinitions;
import io.dhara.realtime.domain.definition.GroupPlan;
import io.dhara.realtime.domain.event.FeatureEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BacktestTest {
    private static final Path EXAMPLES = Path.of("../../examples/features");
    private static final long NOON = Instant.parse("2026-01-05T12:00:00Z").toEpochMilli();
    private static final long MINUTE = 60_000;

    private final List<Backtest.Answer> answers = new ArrayList<>();

    static GroupPlan plan(String file, String group) throws Exception {
        return FeatureDefinitions.read(file, Files.readString(EXAMPLES.resolve(file)))
                .groups()
                .stream()
                .filter(plan -> plan.group().equals(group))
                .findFirst()
                .orElseThrow();
    }

    private static FeatureEvent order(String id, String restaurant, String status, long time) {
        return new FeatureEvent(time, Arrays.asList(id, restaurant, status, 9.5, time, time));
    }

    @Test
    void answers_areMadeOfTheEventsUpToTheirInstantOnly() throws Exception {
        Backtest backtest =
                new Backtest(
                        plan("kitchen.yaml", "kitchen_orders"),
                        List.of(NOON + 4 * MINUTE, NOON, NOON + 40 * MINUTE),
                        List.of());
        backtest.add(order("2", "r1", "created", NOON + 3 * MINUTE));
        backtest.add(order("1", "r1", "created", NOON));
        backtest.add(order("1", "r1", "delivered", NOON + 4 * MINUTE + 1));
        backtest.add(order("3", "r2", "created", NOON + 1));
        backtest.add(order("4", "r1", "created", NOON + 41 * MINUTE));

        backtest.run(answers::add);

        // running, and of 5, 30 and 60 min
        assertThat(answers)
                .containsExactly(
                        new Backtest.Answer(List.of("r1"), NOON, true, List.of(1L, 1L, 1L, 1L)),
                        new Backtest.Answer(
                                List.of("r1"), NOON + 4 * MINUTE, true, List.of(2L, 2L, 2L, 2L)),
                        new Backtest.Answer(
                                List.of("r1"), NOON + 40 * MINUTE, true, List.of(1L, 0L, 0L, 2L)),
                        new Backtest.Answer(
                                List.of("r2"), NOON + 4 * MINUTE, true, List.of(1L, 1L, 1L, 1L)),
                        new Backtest.Answer(
                                List.of("r2"), NOON + 40 * MINUTE, true, List.of(1L, 0L, 0L, 1L)));
        assertThat(backtest.taken()).isEqualTo(4);
    }

    @Test
    void repeatedId_countsOnce() throws Exception {
        GroupPlan plan =
                FeatureDefinitions.read(
                                "test.yaml",
                                """
                                name: test
                                sources:
                                  s: {topic: t, format: json, id: id, fields: {a: string, id: int64}}
                                groups:
                                  - entity: e
                                    group: g
                                    key: [a]
                                    features: [{name: n, aggregate: count, windows: [1 d]}]
                                """)
                        .groups()
                        .get(0);
        Backtest backtest = new Backtest(plan, List.of(NOON), List.of());
        for (long id : new long[] {1, 2, 1, 1}) {
            backtest.add(new FeatureEvent(NOON - id * MINUTE, List.of("k", id)));
        }

        backtest.run(answers::add);

        assertThat(answers)
                .containsExactly(new Backtest.Answer(List.of("k"), NOON, true, List.of(2L)));
    }

    @Test
    void givenKeys_areAnsweredAtEveryInstantAndNoOthers() throws Exception {
        Backtest backtest =
                new Backtest(
                        plan("kitchen.yaml", "kitchen_orders"),
                        List.of(NOON),
                        List.of(List.of("r2"), List.of("r9")));
        backtest.add(order("1", "r1", "created", NOON));
        backtest.add(order("2", "r2", "created", NOON));

        backtest.run(answers::add);

        assertThat(answers)
                .containsExactly(
                        new Backtest.Answer(List.of("r2"), NOON, true, List.of(1L, 1L, 1L, 1L)),
                        new Backtest.Answer(
                                List.of("r9"), NOON, false, Arrays.asList(null, null, null, null)));
        assertThat(backtest.taken()).isEqualTo(1);
    }

    @Test
    void key_ofOtherParts_isRefused() throws Exception {
        GroupPlan plan = plan("shop.yaml", "clicks_live");
        assertThatThrownBy(() -> new Backtest(plan, List.of(NOON), List.of(List.of("u1"))))
                .hasMessage(
                        "a key of user_category/clicks_live has the parts [user_id, category_id]:"
                                + " got [u1]");
    }

    @Test
    void eventWithoutItsKey_isCountedAndLeftOut() throws Exception {
        Backtest backtest =
                new Backtest(plan("shop.yaml", "clicks_live"), List.of(NOON), List.of());
        assertThat(backtest.add(new FeatureEvent(NOON, Arrays.asList("u1", 7L, null, "pv", 1L))))
                .isFalse();
        assertThat(backtest.withoutKey()).isEqualTo(1);
    }

    @Test
    void answers_doNotDependOnTheOrderOfEvents() throws Exception {
        GroupPlan plan = plan("kitchen.yaml", "kitchen_orders");
        List<FeatureEvent> events = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(7);
        for (int order = 0; order < 500; order++) {
            long time = NOON + random.nextLong(120 * MINUTE);
            events.add(order("o" + order, "r" + random.nextInt(5), "created", time));
            events.add(
                    order(
                            "o" + order,
                            "r" + order % 5,
                            "delivered",
                            time + random.nextLong(60 * MINUTE)));
        }
        List<Long> instants = List.of(NOON + 30 * MINUTE, NOON + 90 * MINUTE, NOON + 150 * MINUTE);
        Backtest straight = new Backtest(plan, instants, List.of());
        events.forEach(straight::add);
        straight.run(answers::add);
        java.util.Collections.reverse(events);
        Backtest backwards = new Backtest(plan, instants, List.of());
        events.forEach(backwards::add);
        List<Backtest.Answer> others = new ArrayList<>();
        backwards.run(others::add);
        assertThat(others).isEqualTo(answers).hasSize(15);
    }
}
