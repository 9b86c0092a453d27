package io.dhara.realtime.domain.tile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the aggregates of some events are, by going through all of them: one pass from the newest
 * back, in which each window's answer is taken down when its start is passed. Knows nothing of
 * tiles but where a window starts.
 */
final class WindowOracle {
    private static final Comparator<ShopEvent> NEWEST_FIRST =
            Comparator.comparingLong(ShopEvent::eventTimeMillis).reversed();

    /** The answers of one window. */
    static final class Answer {
        long count;
        long clicks;
        double sum;
        double squares;
        long units;
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        String first = "";
        String last = "";
        List<Double> newest = List.of();
        List<String> newestItems = List.of();
        Map<String, Long> itemCounts = Map.of();
        double[] amounts = {};
    }

    private final ShopEvent[] events;
    private final long instant;

    /**
     * @param events in any order, none after the instant
     */
    WindowOracle(List<ShopEvent> events, long instant) {
        this.events = events.toArray(new ShopEvent[0]);
        this.instant = instant;
        Arrays.sort(this.events, NEWEST_FIRST);
    }

    /**
     * @param windows sorted by where they start, latest first
     * @param last how many newest values are asked for
     * @param detailed of which windows every value and every item's count are asked for
     */
    List<Answer> answers(List<Window> windows, int last, List<Window> detailed) {
        List<Answer> answers = new ArrayList<>();
        Answer running = new Answer();
        Map<String, Long> counts = new HashMap<>();
        int place = 0;
        for (Window window : windows) {
            long after =
                    Math.floorDiv(instant - window.length().toMillis(), window.tail().millis())
                            * window.tail().millis();
            while (place < events.length && events[place].eventTimeMillis() > after) {
                ShopEvent event = events[place++];
                running.count++;
                running.clicks += event.kind().equals(ShopEvent.CLICK) ? 1 : 0;
                running.sum += event.amount();
                running.squares += event.amount() * event.amount();
                running.units += event.units();
                running.min = Math.min(running.min, event.amount());
                running.max = Math.max(running.max, event.amount());
                counts.merge(event.item(), 1L, Long::sum);
            }
            Answer answer = snapshot(running, place, last);
            if (detailed.contains(window)) {
                answer.itemCounts = new HashMap<>(counts);
                answer.amounts =
                        Arrays.stream(events, 0, place).mapToDouble(ShopEvent::amount).toArray();
            }
            answers.add(answer);
        }
        return answers;
    }

    private Answer snapshot(Answer running, int place, int last) {
        Answer answer = new Answer();
        answer.count = running.count;
        answer.clicks = running.clicks;
        answer.sum = running.sum;
        answer.squares = running.squares;
        answer.units = running.units;
        answer.min = running.min;
        answer.max = running.max;
        if (place > 0) {
            long oldest = events[place - 1].eventTimeMillis();
            long newest = events[0].eventTimeMillis();
            answer.first =
                    Arrays.stream(events, 0, place)
                            .filter(event -> event.eventTimeMillis() == oldest)
                            .map(ShopEvent::item)
                            .min(Comparator.naturalOrder())
                            .orElseThrow();
            answer.last =
                    Arrays.stream(events, 0, place)
                            .filter(event -> event.eventTimeMillis() == newest)
                            .map(ShopEvent::item)
                            .max(Comparator.naturalOrder())
                            .orElseThrow();
        }
        answer.newest = newest(place, last);
        answer.newestItems = newestItems(place, last);
        return answer;
    }

    private List<Double> newest(int place, int last) {
        return ties(place, last)
                .sorted(
                        NEWEST_FIRST.thenComparing(
                                Comparator.comparingDouble(ShopEvent::amount).reversed()))
                .limit(last)
                .map(ShopEvent::amount)
                .toList();
    }

    /** The newest events, and those as old as the last of them. */
    private Stream<ShopEvent> ties(int place, int last) {
        int end = Math.min(place, last);
        while (end > 0
                && end < place
                && events[end].eventTimeMillis() == events[end - 1].eventTimeMillis()) {
            end++;
        }
        return Arrays.stream(events, 0, end);
    }

    private List<String> newestItems(int place, int last) {
        Map<String, Long> newestTimes = new HashMap<>();
        int end = 0;
        while (end < place
                && (newestTimes.size() < last
                        || events[end].eventTimeMillis() == events[end - 1].eventTimeMillis())) {
            newestTimes.putIfAbsent(events[end].item(), events[end].eventTimeMillis());
            end++;
        }
        return newestTimes.entrySet().stream()
                .sorted(
                        Map.Entry.<String, Long>comparingByValue()
                                .reversed()
                                .thenComparing(Map.Entry.<String, Long>comparingByKey().reversed()))
                .limit(last)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Sum of the amounts, each halved with every half-life. */
    double decayed(long halfLifeMillis) {
        double sum = 0;
        if (events.length > 0
                && instant - events[0].eventTimeMillis()
                        >= halfLifeMillis * DecayColumn.ZERO_AFTER) {
            return 0;
        }
        for (ShopEvent event : events) {
            double halves = (double) (instant - event.eventTimeMillis()) / halfLifeMillis;
            if (halves > 100) {
                break;
            }
            sum += event.amount() * Math.pow(2, -halves);
        }
        return sum;
    }

    /** Orders whose newest event opens them and is covered by the window. */
    long openOrders(Window expiry) {
        Map<Long, ShopEvent> newest = new HashMap<>();
        for (ShopEvent event : events) {
            if (!event.kind().equals(ShopEvent.CLICK)) {
                newest.merge(
                        event.order(),
                        event,
                        (a, b) ->
                                a.eventTimeMillis() != b.eventTimeMillis()
                                        ? a.eventTimeMillis() > b.eventTimeMillis() ? a : b
                                        : a.kind().equals(ShopEvent.DELIVERED) ? a : b);
            }
        }
        long after =
                Math.floorDiv(instant - expiry.length().toMillis(), expiry.tail().millis())
                        * expiry.tail().millis();
        return newest.values().stream()
                .filter(event -> event.kind().equals(ShopEvent.CREATED))
                .filter(event -> event.eventTimeMillis() > after)
                .count();
    }
}
