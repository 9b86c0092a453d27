package io.dhara.localstack.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.dhara.realtime.backtest.Backtest;
import io.dhara.realtime.domain.definition.FeatureDefinitions;
import io.dhara.realtime.domain.definition.GroupPlan;
import io.dhara.realtime.domain.definition.PlannedFeature;
import io.dhara.realtime.domain.event.FeatureEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** The plain recount of the demo and the code of the job agree on made-up events. */
class PlainExamplesTest {
    private static final long END = Instant.parse("2026-01-05T18:00:00.123Z").toEpochMilli();
    private static final List<Long> INSTANTS =
            Stream.of(0L, 1L, 7L, 45L, 61L, 170L, 239L, 1_500L, 12_000L)
                    .flatMap(
                            minutes ->
                                    Stream.of(
                                            END - Duration.ofMinutes(minutes).toMillis(),
                                            END + Duration.ofMinutes(minutes).toMillis() + 777))
                    .toList();

    private static List<GroupPlan> plans(String file) throws Exception {
        String text = Files.readString(Path.of("../examples/features").resolve(file));
        return FeatureDefinitions.read(file, text).groups();
    }

    @Test
    void kitchen_isCountedAsTheJobCountsIt() throws Exception {
        assertKitchen(OrderGenerator.events(11, 2_000, END), INSTANTS);
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "DHARA_SAMPLES", matches = ".+")
    void kitchen_ofRealOrders_isCountedAsTheJobCountsIt() throws Exception {
        List<OrderEvent> events = new ArrayList<>();
        read(
                "doordash_orders.csv.gz",
                RecordInput.Format.DOORDASH_CSV,
                value -> events.add(OrderEvent.ofJson(value)));
        assertThat(events).hasSizeGreaterThan(14_000);
        assertKitchen(events, among(events.stream().mapToLong(OrderEvent::occurredAtMs)));
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "DHARA_SAMPLES", matches = ".+")
    void shop_ofRealClicks_isCountedAsTheJobCountsIt() throws Exception {
        List<ClickEvent> events = new ArrayList<>();
        read(
                "taobao_histories.csv.gz",
                RecordInput.Format.TAOBAO_CSV,
                value -> events.add(ClickEvent.ofJson(value)));
        assertThat(events).hasSizeGreaterThan(5_000);
        assertShop(events, among(events.stream().mapToLong(ClickEvent::eventTimeMs)));
    }

    private static void read(String sample, RecordInput.Format format, Consumer<byte[]> taker)
            throws Exception {
        Path file = Path.of(System.getenv("DHARA_SAMPLES")).resolve(sample);
        new RecordInput(file, format)
                .forEach(
                        entry -> {
                            assertThat(entry.problem()).isNull();
                            taker.accept(entry.value());
                        });
    }

    /** Instants at random: between events, and of some. */
    private static List<Long> among(LongStream times) {
        long[] sorted = times.sorted().toArray();
        SplittableRandom random = new SplittableRandom(5);
        return LongStream.range(0, 40)
                .map(
                        number -> {
                            int place = sorted.length / 10 + random.nextInt(sorted.length * 9 / 10);
                            return number % 2 == 0
                                    ? sorted[place]
                                    : sorted[place] + random.nextLong(3_600_000);
                        })
                .boxed()
                .toList();
    }

    private static void assertKitchen(List<OrderEvent> events, List<Long> instants)
            throws Exception {
        List<GroupPlan> plans = plans("kitchen.yaml");
        List<PlainFeature.Group<OrderEvent>> plain = PlainExamples.kitchen();
        assertSame(
                plans.get(0),
                plain.get(0),
                events,
                instants,
                order ->
                        Optional.of(
                                Arrays.asList(
                                        order.order(),
                                        order.restaurant(),
                                        order.status(),
                                        order.amount(),
                                        order.createdAtMs(),
                                        order.occurredAtMs())));
        assertSame(
                plans.get(1),
                plain.get(1),
                events,
                instants,
                order ->
                        order.status().equals(OrderEvent.DELIVERED)
                                ? Optional.of(
                                        Arrays.asList(
                                                order.restaurant(),
                                                (order.occurredAtMs() - order.createdAtMs())
                                                        / 1000.0,
                                                order.amount()))
                                : Optional.empty());
    }

    @Test
    void shop_isCountedAsTheJobCountsIt() throws Exception {
        List<ClickEvent> events = new ArrayList<>();
        Iterator<ShopEvent> clicks = new ShopGenerator(12, 6_000, END).events();
        clicks.forEachRemaining(click -> events.add(ClickEvent.of(click)));
        assertShop(events, INSTANTS);
    }

    private static void assertShop(List<ClickEvent> events, List<Long> instants) throws Exception {
        List<GroupPlan> plans = plans("shop.yaml");
        List<PlainFeature.Group<ClickEvent>> plain = PlainExamples.shop();
        assertThat(plain).hasSameSizeAs(plans);
        for (int i = 0; i < plans.size(); i++) {
            assertSame(
                    plans.get(i),
                    plain.get(i),
                    events,
                    instants,
                    click ->
                            Optional.of(
                                    Arrays.asList(
                                            click.user(),
                                            click.item(),
                                            click.category(),
                                            click.behavior(),
                                            click.atSeconds())));
        }
    }

    private static <E> void assertSame(
            GroupPlan plan,
            PlainFeature.Group<E> plain,
            List<E> events,
            List<Long> instants,
            Function<E, Optional<List<Object>>> row) {
        assertThat(plain.entity() + "/" + plain.name()).isEqualTo(plan.name());
        Backtest backtest = new Backtest(plan, instants, List.of());
        for (E event : events) {
            row.apply(event)
                    .ifPresent(
                            values ->
                                    backtest.add(
                                            new FeatureEvent(
                                                    plain.time().applyAsLong(event), values)));
        }
        Map<List<String>, List<E>> byKey = plain.byKey(events);
        long[] answers = {0};
        backtest.run(
                answer -> {
                    answers[0]++;
                    Map<String, Object> expected =
                            plain.at(byKey.get(answer.key()), answer.atMillis());
                    for (int i = 0; i < plan.features().size(); i++) {
                        PlannedFeature feature = plan.features().get(i);
                        Object counted = answer.values().get(i);
                        Object served = counted == null ? Double.valueOf(-1) : counted;
                        assertThat(PlainFeature.same(served, expected.get(feature.name())))
                                .as(
                                        "%s of %s at %s: %s, plainly %s",
                                        feature.name(),
                                        answer.key(),
                                        Instant.ofEpochMilli(answer.atMillis()),
                                        served,
                                        expected.get(feature.name()))
                                .isTrue();
                    }
                });
        assertThat(answers[0]).isPositive();
    }
}
