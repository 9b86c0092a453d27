package io.dhara.realtime.domain.tile;

import io.dhara.realtime.domain.aggregate.Aggregate;
import io.dhara.realtime.domain.aggregate.Aggregates;
import io.dhara.realtime.domain.aggregate.Partial;
import io.dhara.realtime.domain.aggregate.PartialTypes;
import io.dhara.realtime.domain.event.ColumnInput;
import io.dhara.realtime.domain.event.Condition;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Prints what an event costs one key, in CPU time of its thread, for a short and a long window: ADR
 * 0161. {@code -Ddhara.measure=true -Dtest=WindowCostMeasureTest}
 */
@EnabledIfSystemProperty(named = "dhara.measure", matches = "true")
class WindowCostMeasureTest {
    private static final long START = 1_770_000_000_000L;
    private static final long DAY = 86_400_000;
    private static final int EVENTS = 40_000;
    private static final int ROUNDS = 3;

    @Test
    void costPerEvent() {
        for (Aggregate aggregate : List.of(Aggregates.count(), Aggregates.countDistinct(12))) {
            for (boolean bytes : new boolean[] {false, true}) {
                for (long everyMillis : new long[] {100, 20_000}) {
                    double hour = best(aggregate, Duration.ofHours(1), bytes, everyMillis);
                    double week = best(aggregate, Duration.ofDays(7), bytes, everyMillis);
                    System.out.printf(
                            Locale.ROOT,
                            "%-14s %-18s event every %6d ms: 1 h %8.2f us, 7 d %8.2f us, ratio"
                                    + " %.2f%n",
                            aggregate.partial().spec(),
                            bytes ? "load, add, save" : "add, read",
                            everyMillis,
                            hour,
                            week,
                            week / hour);
                }
            }
        }
    }

    private static double best(
            Aggregate aggregate, Duration window, boolean bytes, long everyMillis) {
        double best = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            best = Math.min(best, micros(aggregate, window, bytes, everyMillis));
        }
        return best;
    }

    /** Of one event, on a key whose window is full of tiles. */
    private static double micros(
            Aggregate aggregate, Duration window, boolean bytes, long everyMillis) {
        HistoryLayout layout =
                new HistoryLayout(
                        List.of(
                                new StateColumn(
                                        "item",
                                        aggregate.partial(),
                                        new ColumnInput(ShopEvent.ITEM, Condition.ALWAYS),
                                        List.of(Window.of(window)))),
                        List.of(),
                        List.of(),
                        Duration.ofHours(1));
        HistoryLayouts layouts = new HistoryLayouts(layout, List.of());
        MapTiles tiles = new MapTiles();
        KeyHistory history = new KeyHistory(layout, tiles, new MapItems());
        for (long time = START - 8 * DAY; time < START; time += 20_000) {
            history.add(event(time), time);
        }
        history.advance(START);
        byte[] head = history.save();
        int events = everyMillis > 1_000 ? EVENTS / 8 : EVENTS;
        Object read = null;
        long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        for (int i = 1; i <= events; i++) {
            long time = START + i * everyMillis;
            if (bytes) {
                history = KeyHistory.load(layouts, tiles, new MapItems(), head);
            }
            history.add(event(time), time);
            history.advance(time);
            read = aggregate.read(history.window(0, 0), window);
            if (bytes) {
                head = history.save();
            }
        }
        long end = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        if (read == null) {
            throw new IllegalStateException("no value");
        }
        return (end - begin) / 1e3 / events;
    }

    private static ShopEvent event(long time) {
        return new ShopEvent(time, ShopEvent.CLICK, 1, 1, "item" + time % 977, 0);
    }

    @Test
    void mergesOfOneReading() {
        for (String type : List.of("count", "distinct(12)", "quantiles(200)")) {
            Partial tile = PartialTypes.of(type).create();
            for (int i = 0; i < 200; i++) {
                tile.add(type.startsWith("quantiles") ? (Object) (double) i : "item" + i, i);
            }
            for (int tiles : new int[] {15, 60, 168, 720}) {
                double best = Double.MAX_VALUE;
                for (int round = 0; round < 20; round++) {
                    long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                    Partial merged = PartialTypes.of(type).create();
                    for (int i = 0; i < tiles; i++) {
                        merged.merge(tile);
                    }
                    long end = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                    best = Math.min(best, (end - begin) / 1e3);
                }
                System.out.printf(
                        Locale.ROOT, "%-14s %4d tiles merged: %9.2f us%n", type, tiles, best);
            }
        }
    }
}
