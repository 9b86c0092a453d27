package io.dhara.realtime.domain.tile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dhara.realtime.domain.aggregate.Aggregate;
import io.dhara.realtime.domain.aggregate.Aggregates;
import io.dhara.realtime.domain.aggregate.DecayedPartial;
import io.dhara.realtime.domain.bytes.MalformedStateException;
import io.dhara.realtime.domain.event.ColumnInput;
import io.dhara.realtime.domain.event.Condition;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyHistoryTest {
    private static final Aggregate COUNT = Aggregates.count();
    private static final long MINUTE = 60_000;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final long START = 20_000 * DAY;

    private static final GaugeColumn ORDERS =
            new GaugeColumn(
                    "orders",
                    ShopEvent.ORDER,
                    ShopEvent.is(ShopEvent.CREATED),
                    ShopEvent.is(ShopEvent.DELIVERED),
                    Window.of(Duration.ofHours(1)));

    private final MapTiles tiles = new MapTiles();
    private final MapItems items = new MapItems();

    private static StateColumn counts(Duration... windows) {
        return new StateColumn(
                "events",
                COUNT.partial(),
                new ColumnInput(ColumnInput.EVENT, Condition.ALWAYS),
                List.of(ShopEvent.windows(windows)));
    }

    private static HistoryLayout layout(StateColumn... columns) {
        return new HistoryLayout(List.of(columns), List.of(), List.of(), Duration.ofHours(1));
    }

    private static HistoryLayout gauge() {
        return new HistoryLayout(List.of(), List.of(), List.of(ORDERS), Duration.ofMinutes(10));
    }

    private KeyHistory history(HistoryLayout layout) {
        return new KeyHistory(layout, tiles, items);
    }

    private static void add(KeyHistory history, ShopEvent... events) {
        for (ShopEvent event : events) {
            assertThat(history.add(event, Long.MIN_VALUE)).isTrue();
        }
        history.advance(Long.MIN_VALUE);
    }

    private static long count(KeyHistory history, int window) {
        return (Long) COUNT.read(history.window(0, window), Duration.ZERO);
    }

    @Test
    void window_coversItsLengthAndLessThanATileMore() {
        // One hour by tiles of a minute: (floor((t - 1 h) / 1 min) * 1 min, t].
        KeyHistory history = history(layout(counts(Duration.ofHours(1))));
        add(history, ShopEvent.click(START, 1), ShopEvent.click(START + 1, 1));
        history.advance(START + HOUR - 1);
        assertThat(count(history, 0)).isEqualTo(2);
        history.advance(START + HOUR);
        assertThat(count(history, 0)).as("the start of a tile is not in it").isEqualTo(1);
        history.advance(START + HOUR + MINUTE - 1);
        assertThat(count(history, 0)).isEqualTo(1);
        history.advance(START + HOUR + MINUTE);
        assertThat(count(history, 0)).isZero();
        assertThat(history.isEmpty()).isTrue();
    }

    @Test
    void nextChange_isTheInstantAtWhichAValueChanges() {
        Random random = new Random(7);
        HistoryLayout layout =
                layout(
                        counts(
                                Duration.ofMinutes(1),
                                Duration.ofSeconds(3_605),
                                Duration.ofHours(24),
                                Duration.ofDays(30)));
        KeyHistory history = history(layout);
        for (int i = 0; i < 300; i++) {
            add(history, ShopEvent.click(START + random.nextInt(10 * (int) HOUR), 1));
        }
        int changes = 0;
        while (history.nextChange() != Long.MAX_VALUE) {
            long next = history.nextChange();
            assertThat(next).isGreaterThan(history.instant());
            String before = values(history);
            history.advance(next - 1);
            assertThat(values(history)).isEqualTo(before);
            assertThat(history.nextChange()).isEqualTo(next);
            history.advance(next);
            assertThat(values(history)).isNotEqualTo(before);
            changes++;
        }
        assertThat(changes).isGreaterThan(100);
        assertThat(history.isEmpty()).isTrue();
        assertThat(values(history)).isEqualTo("0 0 0 0");
        history.save();
        assertThat(tiles.tiles).as("nothing is left in the store").isEmpty();
    }

    private static String values(KeyHistory history) {
        return count(history, 0)
                + " "
                + count(history, 1)
                + " "
                + count(history, 2)
                + " "
                + count(history, 3);
    }

    @Test
    void add_upToTheLateness_countsAndThenRefuses() {
        KeyHistory history = history(layout(counts(Duration.ofHours(6))));
        add(history, ShopEvent.click(START, 1));
        assertThat(history.add(ShopEvent.click(START - HOUR + 1, 1), START)).isTrue();
        assertThat(history.add(ShopEvent.click(START - HOUR, 1), START)).isFalse();
        history.advance(START);
        assertThat(count(history, 0)).isEqualTo(2);
    }

    @Test
    void state_ofThreeWindows_isAtMost1Point3TimesTheLongestAlone() {
        long alone = stateBytes(Duration.ofHours(24));
        long three = stateBytes(Duration.ofHours(1), Duration.ofHours(6), Duration.ofHours(24));
        assertThat((double) three / alone).isBetween(1.0, 1.3);
    }

    private static long stateBytes(Duration... windows) {
        MapTiles tiles = new MapTiles();
        KeyHistory history = new KeyHistory(layout(counts(windows)), tiles, new MapItems());
        for (long time = START; time < START + 2 * DAY; time += 7_000) {
            history.add(ShopEvent.click(time, 1), time);
        }
        history.advance(START + 2 * DAY);
        return history.save().length + tiles.sizeBytes();
    }

    @Test
    void save_touchesOnlyChangedTiles_howeverLongTheWindow() {
        KeyHistory history = history(layout(counts(Duration.ofDays(7))));
        HistoryLayouts layouts = new HistoryLayouts(layout(counts(Duration.ofDays(7))), List.of());
        for (long time = START; time < START + 8 * DAY; time += HOUR / 2) {
            add(history, ShopEvent.click(time, 1));
            history = KeyHistory.load(layouts, tiles, items, history.save());
        }
        int gets = tiles.gets;
        int puts = tiles.puts;
        for (int i = 0; i < 100; i++) {
            add(history, ShopEvent.click(START + 8 * DAY + i, 1));
            history = KeyHistory.load(layouts, tiles, items, history.save());
        }
        assertThat(tiles.gets - gets).isLessThan(30);
        assertThat(tiles.puts - puts).isLessThan(5);
        assertThat(history.save()).hasSizeLessThan(60);
    }

    @Test
    void load_ofDamagedOrForeignBytes_saysWhere() {
        KeyHistory history = history(layout(counts(Duration.ofHours(1))));
        add(history, ShopEvent.click(START, 1));
        byte[] head = history.save();
        HistoryLayouts known = new HistoryLayouts(layout(counts(Duration.ofHours(1))), List.of());
        for (int length = 0; length < head.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(head, length);
            assertThatThrownBy(() -> KeyHistory.load(known, tiles, items, cut))
                    .isInstanceOf(MalformedStateException.class)
                    .hasMessageContaining("offset");
        }
        HistoryLayouts other = new HistoryLayouts(layout(counts(Duration.ofHours(2))), List.of());
        assertThatThrownBy(() -> KeyHistory.load(other, tiles, items, head))
                .hasMessageContaining("history of layout");
    }

    @Test
    void load_underALayoutWithMoreWindows_keepsTheOldAndFillsTheNew() {
        HistoryLayout before = layout(counts(Duration.ofHours(24)));
        KeyHistory history = history(before);
        for (int i = 0; i < 48; i++) {
            add(history, ShopEvent.click(START + i * HOUR / 2 + 1, 1));
        }
        HistoryLayout after =
                layout(
                        counts(Duration.ofHours(1), Duration.ofHours(24), Duration.ofDays(7)),
                        ShopEvent.column("min", ShopEvent.AMOUNT, Window.of(Duration.ofHours(24))));
        KeyHistory carried =
                KeyHistory.load(
                        new HistoryLayouts(after, List.of(before.describe())),
                        tiles,
                        items,
                        history.save());
        assertThat(count(carried, 1)).isEqualTo(48);
        assertThat(count(carried, 0)).isEqualTo(3);
        assertThat(count(carried, 2)).isEqualTo(48);
        assertThat(carried.window(1, 0).isEmpty()).isTrue();

        byte[] head = carried.save();
        carried = KeyHistory.load(new HistoryLayouts(after, List.of()), tiles, items, head);
        for (int i = 48; i < 14 * 48; i++) {
            add(carried, ShopEvent.click(START + i * HOUR / 2 + 1, i));
            assertThat(count(carried, 1)).isEqualTo(49);
            assertThat(count(carried, 0)).isEqualTo(3);
        }
        assertThat(count(carried, 2)).isEqualTo(7 * 48 + 2);
        carried.advance(START + 30 * DAY);
        carried.save();
        assertThat(tiles.tiles).isEmpty();
    }

    @Test
    void gauge_outOfOrderRepeatedReopened_newestEventOfAnItemDecides() {
        KeyHistory history = history(gauge());
        add(history, ShopEvent.order(START + 10, ShopEvent.DELIVERED, 1));
        assertThat(history.open(0)).isZero();
        add(history, ShopEvent.order(START, ShopEvent.CREATED, 1));
        assertThat(history.open(0)).as("closed before it was opened").isZero();
        ShopEvent second = ShopEvent.order(START + 20, ShopEvent.CREATED, 2);
        add(history, second, second, second);
        assertThat(history.open(0)).as("opened three times by the same event").isEqualTo(1);
        add(history, ShopEvent.order(START + 30, ShopEvent.DELIVERED, 2), second);
        assertThat(history.open(0)).isZero();
        add(history, ShopEvent.order(START + 40, ShopEvent.CREATED, 2));
        assertThat(history.open(0)).as("opened again").isEqualTo(1);
    }

    @Test
    void gauge_lostClosingEvent_expires() {
        KeyHistory history = history(gauge());
        add(history, ShopEvent.order(START, ShopEvent.CREATED, 1));
        add(history, ShopEvent.order(START + 20 * MINUTE, ShopEvent.CREATED, 2));
        assertThat(history.open(0)).isEqualTo(2);
        history.advance(history.nextChange() - 1);
        assertThat(history.open(0)).isEqualTo(2);
        assertThat(history.nextChange()).isEqualTo(START + HOUR);
        history.advance(history.nextChange());
        assertThat(history.open(0)).isEqualTo(1);
        history.advance(history.nextChange());
        assertThat(history.open(0)).isZero();
        assertThat(items.size()).isZero();
        assertThat(history.isEmpty()).isTrue();
        assertThat(history.nextChange()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void gauge_manyClosedItems_areForgottenAfterTheLateness() {
        KeyHistory history = history(gauge());
        for (int i = 0; i < 5_000; i++) {
            long time = START + i * 1_000L;
            history.add(ShopEvent.order(time, ShopEvent.CREATED, i), time);
            history.add(ShopEvent.order(time + 500, ShopEvent.DELIVERED, i), time);
            history.advance(time);
        }
        assertThat(history.open(0)).isZero();
        assertThat(items.size()).isLessThan(2 * 601 + 2);
    }

    @Test
    void decayed_halvesAndBecomesZero() {
        DecayColumn decay =
                new DecayColumn(
                        "amount",
                        new DecayedPartial.Type(Duration.ofHours(1)),
                        ShopEvent.input(ShopEvent.AMOUNT),
                        Duration.ofMinutes(6));
        HistoryLayout layout =
                new HistoryLayout(List.of(), List.of(decay), List.of(), Duration.ofHours(9));
        KeyHistory history = history(layout);
        add(history, ShopEvent.click(START, 8), ShopEvent.click(START - HOUR, 8));
        assertThat(history.decayed(0)).isEqualTo(12);
        assertThat(history.nextChange()).isEqualTo(START + 6 * MINUTE);
        history.advance(START + 2 * HOUR);
        assertThat(history.decayed(0)).isEqualTo(3);
        history.advance(START + 20 * HOUR);
        assertThat(history.decayed(0)).isZero();
        assertThat(history.isEmpty()).isTrue();
    }
}
