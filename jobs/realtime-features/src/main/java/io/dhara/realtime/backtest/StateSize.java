package io.dhara.realtime.backtest;

import io.dhara.realtime.domain.definition.GroupPlan;
import io.dhara.realtime.domain.event.Condition;
import io.dhara.realtime.domain.event.FeatureEvent;
import io.dhara.realtime.domain.event.FieldType;
import io.dhara.realtime.domain.tile.GaugeColumn;
import io.dhara.realtime.domain.tile.KeyHistory;
import io.dhara.realtime.domain.tile.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What one key of a group takes in state, measured by running the group's code over made-up events.
 *
 * @param headBytes read and written with every batch of events
 * @param tiles kept tiles
 * @param tileBytes of all of them, with their numbers
 * @param items of gauges
 * @param itemBytes of all of them
 */
public record StateSize(int headBytes, int tiles, long tileBytes, int items, long itemBytes) {
    private static final int DISTINCT_VALUES = 1_000;

    /** Of everything. */
    public long totalBytes() {
        return headBytes + tileBytes + itemBytes;
    }

    /**
     * The state of a key that has had one event in each {@code interval} for as long as its longest
     * window, or for an hour if it has none. Columns that conditions compare take those values in
     * turn, all others have a thousand values.
     */
    public static StateSize of(GroupPlan plan, Duration interval) {
        List<List<Object>> values = values(plan);
        HeapTiles tiles = new HeapTiles();
        HeapItems items = new HeapItems();
        KeyHistory history = new KeyHistory(plan.layout(), tiles, items);
        long step = interval.toMillis();
        long count = Math.max(1, span(plan).toMillis() / step);
        for (long number = 1; number <= count; number++) {
            long time = number * step;
            history.add(event(values, time, number), time - 1);
        }
        history.advance(count * step);
        byte[] head = history.save();
        return new StateSize(
                head.length, tiles.count(), tiles.sizeBytes(), items.count(), items.sizeBytes());
    }

    private static Duration span(GroupPlan plan) {
        Stream<Duration> windows =
                plan.layout().columns().stream()
                        .flatMap(column -> column.windows().stream())
                        .map(Window::length);
        Stream<Duration> gauges = plan.layout().gauges().stream().map(GaugeColumn::expireAfter);
        return Stream.concat(windows, gauges)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ofHours(1));
    }

    /** By column: what conditions ask for, or else a thousand values. */
    private static List<List<Object>> values(GroupPlan plan) {
        Map<Integer, Set<Object>> compared = new HashMap<>();
        Stream.of(
                        plan.layout().columns().stream().map(column -> column.input().where()),
                        plan.layout().decays().stream().map(decay -> decay.input().where()),
                        plan.layout().gauges().stream()
                                .flatMap(gauge -> Stream.of(gauge.opens(), gauge.closes())))
                .flatMap(conditions -> conditions)
                .map(Condition::clauses)
                .flatMap(List::stream)
                .forEach(
                        clause ->
                                compared.computeIfAbsent(clause.column(), any -> new HashSet<>())
                                        .addAll(clause.values()));
        List<List<Object>> values = new ArrayList<>();
        for (FieldType type : plan.columns().values()) {
            Set<Object> wanted = compared.get(values.size());
            values.add(
                    wanted == null
                            ? LongStream.range(0, DISTINCT_VALUES)
                                    .mapToObj(number -> value(type, number))
                                    .toList()
                            : wanted.stream()
                                    .sorted(Comparator.comparing(Object::toString))
                                    .toList());
        }
        return values;
    }

    private static Object value(FieldType type, long number) {
        return switch (type) {
            case STRING -> "value-" + number;
            case INT64 -> number;
            case DOUBLE -> number + 0.5;
            case BOOLEAN -> number % 2 == 0;
        };
    }

    private static FeatureEvent event(List<List<Object>> values, long time, long number) {
        List<Object> row = new ArrayList<>(values.size());
        for (List<Object> choices : values) {
            row.add(choices.get((int) (number % choices.size())));
        }
        return new FeatureEvent(time, row);
    }
}
