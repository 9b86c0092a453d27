package io.dhara.localstack.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes up the orders of some restaurants: a few busy ones, most delivered within 10 to 60 minutes,
 * some cancelled, and some of whose end nobody ever hears. The same seed gives the same orders.
 */
final class OrderGenerator {
    private static final long SPAN_MS = Duration.ofHours(3).toMillis();
    private static final long FASTEST_MS = Duration.ofMinutes(10).toMillis();
    private static final long SLOWEST_MS = Duration.ofMinutes(60).toMillis();
    private static final double CANCELLED_SHARE = 0.05;
    private static final double SILENT_SHARE = 0.03;
    private static final int RESTAURANTS = 40;
    private static final int LARGEST_CENTS = 8_000;

    private OrderGenerator() {}

    /**
     * What happens to orders up to an instant, by event time; the last one happens then.
     *
     * @param orders how many, at least one
     */
    static List<OrderEvent> events(long seed, int orders, long endMs) {
        SplittableRandom random = new SplittableRandom(seed);
        List<OrderEvent> events = new ArrayList<>();
        for (int number = 1; number <= orders; number++) {
            long createdMs = number == orders ? endMs : endMs - random.nextLong(SPAN_MS);
            double skewed = Math.pow(random.nextDouble(), 2);
            OrderEvent created =
                    new OrderEvent(
                            "o%06d".formatted(number),
                            "r%03d".formatted((int) (skewed * RESTAURANTS) + 1),
                            OrderEvent.CREATED,
                            (1 + random.nextInt(LARGEST_CENTS)) / 100.0,
                            createdMs,
                            createdMs);
            events.add(created);
            double fate = random.nextDouble();
            long closedMs = createdMs + FASTEST_MS + random.nextLong(SLOWEST_MS - FASTEST_MS);
            if (fate >= SILENT_SHARE && closedMs <= endMs) {
                boolean cancelled = fate < SILENT_SHARE + CANCELLED_SHARE;
                events.add(
                        created.then(
                                cancelled ? OrderEvent.CANCELLED : OrderEvent.DELIVERED, closedMs));
            }
        }
        events.sort(Comparator.comparingLong(OrderEvent::occurredAtMs));
        return events;
    }
}
