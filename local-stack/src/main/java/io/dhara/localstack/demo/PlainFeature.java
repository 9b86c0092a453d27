package io.dhara.localstack.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * One feature of the example definitions counted again from all events of a key: without tiles,
 * state or sketches, from the definition of a window alone (ADR 0160).
 *
 * @param at the value at an instant: a {@link Long}, {@link Double}, a list of them, or a {@link
 *     Between} where a sketch may be off. Events after the instant are not given to it
 */
record PlainFeature<E>(String name, At<E> at) {
    private static final List<Duration> TILES =
            List.of(
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(10),
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(5),
                    Duration.ofHours(1),
                    Duration.ofHours(6),
                    Duration.ofDays(1),
                    Duration.ofDays(7));
    private static final int TILES_AT_LEAST = 60;
    private static final int HALF_LIVES_KEPT = 20;

    /** Of single precision, and of decayed counts that forget what has faded to a millionth. */
    private static final double PRECISION = 1e-5;

    /** Below this many values a count of distinct ones is exact. */
    private static final int EXACT_DISTINCT = 100;

    private static final double DISTINCT_ERROR = 0.065;
    private static final double RANK_ERROR = 0.03;

    /** Gives a value. */
    interface At<E> {
        Object value(List<E> events, long instantMs);
    }

    /** Any value from low to high. */
    record Between(double low, double high) {
        @Override
        public String toString() {
            return low == high ? String.valueOf(low) : low + ".." + high;
        }
    }

    /** Whether a served value is the one that was counted. */
    static boolean same(Object served, Object expected) {
        if (expected instanceof Between range && served instanceof Number number) {
            return range.low() <= number.doubleValue() && number.doubleValue() <= range.high();
        }
        if (expected instanceof Double value && served instanceof Number number) {
            double allowed = PRECISION * Math.max(1, Math.abs(value));
            return Math.abs(number.doubleValue() - value) <= allowed;
        }
        return expected.equals(served);
    }

    /** A window over some events of some time. */
    record Window<E>(Duration length, ToLongFunction<E> time, Predicate<E> where) {

        List<E> of(List<E> events, long instantMs) {
            long afterMs = afterMs(length, instantMs);
            return events.stream()
                    .filter(event -> time.applyAsLong(event) > afterMs)
                    .filter(where)
                    .toList();
        }

        PlainFeature<E> count(String name) {
            return new PlainFeature<>(name, (events, at) -> (long) of(events, at).size());
        }

        PlainFeature<E> sum(String name, ToDoubleFunction<E> value) {
            return new PlainFeature<>(
                    name, (events, at) -> of(events, at).stream().mapToDouble(value).sum());
        }

        /**
         * @param none for a window without events
         */
        PlainFeature<E> mean(String name, ToDoubleFunction<E> value, double none) {
            return new PlainFeature<>(
                    name,
                    (events, at) ->
                            of(events, at).stream().mapToDouble(value).average().orElse(none));
        }

        PlainFeature<E> quantile(String name, ToDoubleFunction<E> value, double rank, double none) {
            return new PlainFeature<>(
                    name,
                    (events, at) -> {
                        double[] sorted =
                                of(events, at).stream().mapToDouble(value).sorted().toArray();
                        return sorted.length == 0
                                ? new Between(none, none)
                                : new Between(
                                        ranked(sorted, rank - RANK_ERROR, -1),
                                        ranked(sorted, rank + RANK_ERROR, 1));
                    });
        }

        private static double ranked(double[] sorted, double rank, int slack) {
            int place = (int) Math.floor(rank * sorted.length) + slack;
            return sorted[Math.max(0, Math.min(sorted.length - 1, place))];
        }

        PlainFeature<E> distinct(String name, Function<E, Object> value) {
            return new PlainFeature<>(
                    name,
                    (events, at) -> {
                        long found = of(events, at).stream().map(value).distinct().count();
                        double error = found <= EXACT_DISTINCT ? 0 : found * DISTINCT_ERROR;
                        return new Between(found - error, found + error);
                    });
        }

        /** The newest different values, newest first; of one time the larger first. */
        PlainFeature<E> last(String name, int limit, ToLongFunction<E> value) {
            return new PlainFeature<>(
                    name,
                    (events, at) ->
                            of(events, at).stream()
                                    .sorted(
                                            Comparator.comparingLong(time)
                                                    .thenComparingLong(value)
                                                    .reversed())
                                    .map(value::applyAsLong)
                                    .distinct()
                                    .limit(limit)
                                    .toList());
        }
    }

    /** The instant that the first event of a window is after. */
    private static long afterMs(Duration window, long instantMs) {
        Duration tile = TILES.get(0);
        for (Duration candidate : TILES) {
            if (candidate.multipliedBy(TILES_AT_LEAST).compareTo(window) <= 0) {
                tile = candidate;
            }
        }
        return Math.floorDiv(instantMs - window.toMillis(), tile.toMillis()) * tile.toMillis();
    }

    /** A count that halves with every half-life and is nothing 20 after the newest event. */
    static <E> PlainFeature<E> decayed(String name, Duration halfLife, ToLongFunction<E> time) {
        return new PlainFeature<>(
                name,
                (events, at) -> {
                    long newest = events.stream().mapToLong(time).max().orElse(Long.MIN_VALUE / 2);
                    if (at - newest >= HALF_LIVES_KEPT * halfLife.toMillis()) {
                        return 0.0;
                    }
                    return events.stream()
                            .mapToDouble(
                                    event ->
                                            Math.pow(
                                                    0.5,
                                                    (double) (at - time.applyAsLong(event))
                                                            / halfLife.toMillis()))
                            .sum();
                });
    }

    /** How many items are open; one that was not closed is given up after a while. */
    static <E> PlainFeature<E> open(
            String name,
            Function<E, String> item,
            Predicate<E> opens,
            ToLongFunction<E> time,
            Duration expiry) {
        return new PlainFeature<>(
                name,
                (events, at) -> {
                    Comparator<E> byTimeClosingLast =
                            Comparator.comparingLong(time)
                                    .thenComparing(event -> !opens.test(event));
                    Map<String, E> newest = new HashMap<>();
                    events.stream()
                            .sorted(byTimeClosingLast)
                            .forEach(event -> newest.put(item.apply(event), event));
                    long afterMs = afterMs(expiry, at);
                    return newest.values().stream()
                            .filter(opens)
                            .filter(event -> time.applyAsLong(event) > afterMs)
                            .count();
                });
    }

    /**
     * The features of a group, and of which entity it is.
     *
     * @param takes which events its select lets through
     */
    record Group<E>(
            String entity,
            String name,
            Function<E, List<String>> key,
            ToLongFunction<E> time,
            Predicate<E> takes,
            List<PlainFeature<E>> features) {

        /** The events that it takes by key, in the order of the events. */
        Map<List<String>, List<E>> byKey(Collection<E> events) {
            Map<List<String>, List<E>> byKey = new LinkedHashMap<>();
            events.stream()
                    .filter(takes)
                    .forEach(
                            event ->
                                    byKey.computeIfAbsent(
                                                    key.apply(event), any -> new ArrayList<>())
                                            .add(event));
            return byKey;
        }

        /** Every feature at an instant, from the events of a key. */
        Map<String, Object> at(List<E> ofKey, long instantMs) {
            List<E> past =
                    ofKey.stream().filter(event -> time.applyAsLong(event) <= instantMs).toList();
            Map<String, Object> values = new LinkedHashMap<>();
            features.forEach(
                    feature -> values.put(feature.name(), feature.at().value(past, instantMs)));
            return values;
        }
    }
}
