package io.dhara.realtime.domain.tile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dhara.realtime.domain.aggregate.Aggregate;
import io.dhara.realtime.domain.aggregate.Aggregates;
import io.dhara.realtime.domain.aggregate.DecayedPartial;
import io.dhara.realtime.domain.event.ColumnInput;
import io.dhara.realtime.domain.event.Condition;
import io.dhara.realtime.domain.event.FieldType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A million random events over 45 days - skewed keys, out of order, repeated, with gaps, late - and
 * a thousand random instants at which every aggregate of every window is compared with a recount.
 */
class OracleTest {
    private static final long SEED = 20260401L;
    private static final int EVENTS = 1_000_000;
    private static final int QUERIES = 1_000;
    private static final int KEYS = 150;
    private static final int ITEMS = 6_000;
    private static final String[] NAMES =
            IntStream.range(0, ITEMS).mapToObj(i -> "item" + i).toArray(String[]::new);
    private static final Duration LATENESS = Duration.ofHours(1);
    private static final Duration HALF_LIFE = Duration.ofMinutes(40);
    private static final Window EXPIRY = Window.of(Duration.ofHours(4));
    private static final int LAST = 5;
    private static final int LG_K = 12;
    private static final int CAPACITY = 1024;
    private static final List<Double> RANKS = List.of(0.05, 0.5, 0.99);

    private static final List<Window> WINDOWS =
            Stream.of(
                            Duration.ofMinutes(1),
                            Duration.ofSeconds(95),
                            Duration.ofMinutes(5),
                            Duration.ofHours(1),
                            Duration.ofHours(6),
                            Duration.ofHours(24),
                            Duration.ofDays(7),
                            Duration.ofDays(30))
                    .map(Window::of)
                    .toList();
    private static final List<Window> SKETCH_WINDOWS =
            Stream.of(1, 60, 24 * 60, 7 * 24 * 60, 30 * 24 * 60)
                    .map(minutes -> Window.of(Duration.ofMinutes(minutes)))
                    .toList();

    private static final Aggregate COUNT = Aggregates.count();
    private static final Aggregate SUM = Aggregates.sum(FieldType.DOUBLE);
    private static final Aggregate UNITS = Aggregates.sum(FieldType.INT64);
    private static final Aggregate MEAN = Aggregates.mean();
    private static final Aggregate MIN = Aggregates.min(FieldType.DOUBLE);
    private static final Aggregate MAX = Aggregates.max(FieldType.DOUBLE);
    private static final Aggregate VARIANCE = Aggregates.variance(false);
    private static final Aggregate FIRST = Aggregates.first(FieldType.STRING);
    private static final Aggregate NEWEST = Aggregates.last(FieldType.STRING);
    private static final Aggregate LAST_K = Aggregates.lastK(FieldType.DOUBLE, LAST, false);
    private static final Aggregate LAST_ITEMS = Aggregates.lastK(FieldType.STRING, LAST, true);
    private static final Aggregate DISTINCT = Aggregates.countDistinct(LG_K);
    private static final Aggregate QUANTILES = Aggregates.quantiles(RANKS, 200);
    private static final Aggregate TOP = Aggregates.topK(FieldType.STRING, LAST, CAPACITY);

    private static final HistoryLayout EXACT =
            new HistoryLayout(
                    List.of(
                            column(COUNT, ColumnInput.EVENT, WINDOWS),
                            new StateColumn(
                                    "clicks",
                                    COUNT.partial(),
                                    new ColumnInput(
                                            ColumnInput.EVENT, ShopEvent.is(ShopEvent.CLICK)),
                                    WINDOWS),
                            column(SUM, ShopEvent.AMOUNT, WINDOWS),
                            column(UNITS, ShopEvent.UNITS, WINDOWS),
                            column(MIN, ShopEvent.AMOUNT, WINDOWS),
                            column(MAX, ShopEvent.AMOUNT, WINDOWS),
                            column(VARIANCE, ShopEvent.AMOUNT, WINDOWS),
                            column(FIRST, ShopEvent.ITEM, WINDOWS),
                            column(NEWEST, ShopEvent.ITEM, WINDOWS),
                            column(LAST_K, ShopEvent.AMOUNT, WINDOWS),
                            column(LAST_ITEMS, ShopEvent.ITEM, WINDOWS)),
                    List.of(
                            new DecayColumn(
                                    "amount",
                                    new DecayedPartial.Type(HALF_LIFE),
                                    new ColumnInput(ShopEvent.AMOUNT, Condition.ALWAYS),
                                    Duration.ofMinutes(4))),
                    List.of(
                            new GaugeColumn(
                                    "orders",
                                    ShopEvent.ORDER,
                                    ShopEvent.is(ShopEvent.CREATED),
                                    ShopEvent.is(ShopEvent.DELIVERED),
                                    EXPIRY)),
                    LATENESS);

    private static final HistoryLayout SKETCHES =
            new HistoryLayout(
                    List.of(
                            column(DISTINCT, ShopEvent.ITEM, SKETCH_WINDOWS),
                            column(QUANTILES, ShopEvent.AMOUNT, SKETCH_WINDOWS),
                            column(TOP, ShopEvent.ITEM, SKETCH_WINDOWS)),
                    List.of(),
                    List.of(),
                    LATENESS);

    private static StateColumn column(Aggregate aggregate, int column, List<Window> windows) {
        return new StateColumn(
                "column " + column,
                aggregate.partial(),
                new ColumnInput(column, Condition.ALWAYS),
                windows);
    }

    /** One layout of one key as the job would keep it. */
    private static final class Kept {
        private final HistoryLayouts layouts;
        private final MapTiles tiles = new MapTiles();
        private final MapItems items = new MapItems();
        private KeyHistory history;

        private Kept(HistoryLayout layout) {
            layouts = new HistoryLayouts(layout, List.of());
            history = new KeyHistory(layout, tiles, items);
        }

        private void reload() {
            byte[] head = history.save();
            history = KeyHistory.load(layouts, tiles, items, head);
        }
    }

    /** One key and all that came of it; one in four has sketches. */
    private static final class Key {
        private final List<ShopEvent> accepted = new ArrayList<>();
        private final List<Kept> kept = new ArrayList<>();

        private Key(boolean sketches) {
            kept.add(new Kept(EXACT));
            if (sketches) {
                kept.add(new Kept(SKETCHES));
            }
        }
    }

    /** How far sketches were off, each by what it is judged by. */
    private final List<Double> distinctErrors = new ArrayList<>();

    private final List<Double> rankErrors = new ArrayList<>();

    @Test
    void everyAggregate_atRandomInstants_equalsRecount() {
        Random random = new Random(SEED);
        Key[] keys = new Key[KEYS];
        double[] shares = new double[KEYS];
        double total = 0;
        for (int i = 0; i < KEYS; i++) {
            keys[i] = new Key(i % 4 == 3);
            total += 1.0 / (i + 1);
            shares[i] = total;
        }
        long clock = 1_770_000_000_000L;
        long late = 0;
        ShopEvent before = null;
        Key beforeKey = keys[0];
        for (int i = 0; i < EVENTS; i++) {
            // Bursts and gaps: 45 days in all, sometimes hours without an event.
            clock +=
                    random.nextInt(20_000) == 0
                            ? random.nextInt(40_000_000)
                            : random.nextInt(5) == 0 ? random.nextInt(28_000) : random.nextInt(40);
            boolean repeat = before != null && random.nextInt(50) == 0;
            Key key = repeat ? beforeKey : keys[pick(shares, random.nextDouble() * total)];
            ShopEvent event = repeat ? before : event(random, clock, i);
            boolean timely = event.eventTimeMillis() > clock - 5_000 - LATENESS.toMillis();
            for (Kept kept : key.kept) {
                assertThat(kept.history.add(event, clock - 5_000)).isEqualTo(timely);
            }
            if (timely) {
                key.accepted.add(event);
            } else {
                late++;
            }
            if (!key.accepted.isEmpty() && random.nextInt(80) == 0) {
                for (Kept kept : key.kept) {
                    kept.history.advance(clock - 5_000);
                    kept.reload();
                }
            }
            if (i % (EVENTS / QUERIES) == EVENTS / QUERIES - 1) {
                Key asked = random.nextInt(3) == 0 ? key : keys[random.nextInt(KEYS / 2) * 2 + 1];
                check(asked, clock - 5_000 + random.nextInt(2) * random.nextInt(7_000));
            }
            before = event;
            beforeKey = key;
        }
        assertThat(late).isBetween(EVENTS / 1_000L, EVENTS / 50L);
        double standardError = 1.04 / Math.sqrt(1 << LG_K);
        assertWithin(distinctErrors, 2 * standardError, 0.95, 5 * standardError);
        assertWithin(rankErrors, 0.0133, 0.99, 0.03);
    }

    private static int pick(double[] shares, double point) {
        int place = java.util.Arrays.binarySearch(shares, point);
        return Math.min(place < 0 ? -place - 1 : place, shares.length - 1);
    }

    private static ShopEvent event(Random random, long clock, int number) {
        long delay =
                switch (random.nextInt(200)) {
                    case 0 -> random.nextInt(6_000_000);
                    case 1, 2, 3, 4, 5, 6, 7, 8, 9 -> random.nextInt(600_000);
                    default -> random.nextInt(5_000);
                };
        int kind = random.nextInt(4);
        // Most orders are delivered later; some before, some twice, some never.
        long order = number / 400 - (kind == 2 ? random.nextInt(3) : 0);
        return new ShopEvent(
                clock - delay,
                kind == 1 ? ShopEvent.CREATED : kind == 2 ? ShopEvent.DELIVERED : ShopEvent.CLICK,
                (random.nextInt(16_001) - 8_000) / 8.0,
                random.nextInt(9),
                NAMES[(int) (ITEMS * Math.pow(random.nextDouble(), 3))],
                order * 40 + random.nextInt(40));
    }

    private void check(Key key, long instant) {
        if (key.accepted.isEmpty()) {
            return;
        }
        KeyHistory history = key.kept.get(0).history;
        key.kept.forEach(kept -> kept.history.advance(instant));
        assertThat(history.nextChange()).isGreaterThan(history.instant());
        WindowOracle oracle = new WindowOracle(key.accepted, history.instant());
        List<WindowOracle.Answer> answers =
                oracle.answers(WINDOWS, LAST, key.kept.size() > 1 ? SKETCH_WINDOWS : List.of());
        for (int w = 0; w < WINDOWS.size(); w++) {
            WindowOracle.Answer answer = answers.get(w);
            String at = "window " + WINDOWS.get(w).length() + " at " + history.instant();
            assertThat(read(history, 0, w, COUNT)).as(at).isEqualTo(answer.count);
            assertThat(read(history, 1, w, COUNT)).as(at).isEqualTo(answer.clicks);
            assertThat(read(history, 2, w, SUM)).as(at).isEqualTo(answer.sum);
            assertThat(read(history, 3, w, UNITS)).as(at).isEqualTo(answer.units);
            if (answer.count == 0) {
                for (Aggregate none : List.of(MIN, MAX, VARIANCE)) {
                    int column = none == MIN ? 4 : none == MAX ? 5 : 6;
                    assertThat(read(history, column, w, none)).as(at).isNull();
                }
                assertThat(read(history, 2, w, MEAN)).as(at).isNull();
                assertThat(read(history, 9, w, LAST_K)).as(at).isEqualTo(List.of());
                continue;
            }
            double mean = answer.sum / answer.count;
            double variance = answer.squares / answer.count - mean * mean;
            assertThat(read(history, 2, w, MEAN)).as(at).isEqualTo(mean);
            assertThat(read(history, 4, w, MIN)).as(at).isEqualTo(answer.min);
            assertThat(read(history, 5, w, MAX)).as(at).isEqualTo(answer.max);
            assertThat((Double) read(history, 6, w, VARIANCE))
                    .as(at)
                    .isCloseTo(variance, within(1e-9 * answer.squares / answer.count));
            assertThat(read(history, 7, w, FIRST)).as(at).isEqualTo(answer.first);
            assertThat(read(history, 8, w, NEWEST)).as(at).isEqualTo(answer.last);
            assertThat(read(history, 9, w, LAST_K)).as(at).isEqualTo(answer.newest);
            assertThat(read(history, 10, w, LAST_ITEMS)).as(at).isEqualTo(answer.newestItems);
            int sketch = SKETCH_WINDOWS.indexOf(WINDOWS.get(w));
            if (sketch >= 0 && key.kept.size() > 1) {
                checkSketches(key.kept.get(1).history, sketch, answer, at);
            }
        }
        double decayed = oracle.decayed(HALF_LIFE.toMillis());
        assertThat(history.decayed(0))
                .isCloseTo(decayed, within(1e-9 * (1_000 + Math.abs(decayed))));
        assertThat(history.open(0)).isEqualTo(oracle.openOrders(EXPIRY));
    }

    private void checkSketches(
            KeyHistory history, int window, WindowOracle.Answer answer, String at) {
        long distinct = (Long) readSketch(history, 0, window, DISTINCT);
        distinctErrors.add(Math.abs(distinct / (double) answer.itemCounts.size() - 1));
        List<?> quantiles = (List<?>) readSketch(history, 1, window, QUANTILES);
        for (int i = 0; i < RANKS.size(); i++) {
            double value = (Double) quantiles.get(i);
            long below = 0;
            long upTo = 0;
            for (double amount : answer.amounts) {
                below += amount < value ? 1 : 0;
                upTo += amount <= value ? 1 : 0;
            }
            double low = (double) below / answer.count;
            double high = (double) upTo / answer.count;
            rankErrors.add(Math.max(0, Math.max(low - RANKS.get(i), RANKS.get(i) - high)));
        }
        double countError = 3.5 / CAPACITY * answer.count;
        List<Long> counts = answer.itemCounts.values().stream().sorted().toList();
        List<?> top = (List<?>) readSketch(history, 2, window, TOP);
        assertThat(top).as(at).hasSize(Math.min(LAST, counts.size()));
        for (int i = 0; i < top.size(); i++) {
            long ranked = counts.get(counts.size() - 1 - i);
            assertThat(answer.itemCounts.getOrDefault((String) top.get(i), 0L))
                    .as(at)
                    .isCloseTo(ranked, within((long) (2 * countError)));
        }
    }

    private static Object read(KeyHistory history, int column, int window, Aggregate aggregate) {
        return aggregate.read(history.window(column, window), WINDOWS.get(window).length());
    }

    private static Object readSketch(
            KeyHistory history, int column, int window, Aggregate aggregate) {
        return aggregate.read(history.window(column, window), SKETCH_WINDOWS.get(window).length());
    }

    private static void assertWithin(
            List<Double> errors, double usual, double share, double greatest) {
        assertThat(errors).hasSizeGreaterThan(500);
        assertThat(errors).allMatch(error -> error <= greatest);
        assertThat(errors.stream().filter(error -> error <= usual).count())
                .isGreaterThanOrEqualTo((long) (errors.size() * share));
    }
}
