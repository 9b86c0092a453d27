package io.dhara.localstack.demo;

import io.dhara.core.model.EntityKey;
import io.dhara.proto.v1.FeatureStatus;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Measures how long it takes from an event handed to Kafka until each group that it feeds can be
 * read over gRPC, through both jobs. Every probe is of keys that were never written, so a key that
 * is there has the event in it.
 */
final class FreshnessProbes {
    private static final Duration PROBE_DEADLINE = Duration.ofSeconds(30);
    private static final long PROBE_PAUSE_NANOS = 20_000_000L;
    private static final int UNMEASURED = 5;

    /** Hands an order event or a click to Kafka, without waiting for it. */
    interface Hand {
        void over(Object event);
    }

    /** What must become readable of an event that was handed over. */
    private record Expected(EntityKey key, List<String> groups, long handedOverNanos) {}

    private final FeatureReads reads;
    private final Clock clock;
    private final Hand hand;
    private final Map<String, Histogram> micros = new LinkedHashMap<>();

    FreshnessProbes(FeatureReads reads, Clock clock, Hand hand) {
        this.reads = reads;
        this.clock = clock;
        this.hand = hand;
    }

    /** Microseconds by group; the first probes are not counted. */
    Map<String, Histogram> run(Duration measure) throws TimeoutException {
        for (long number = 1; number <= UNMEASURED; number++) {
            probe(number, false);
        }
        long end = System.nanoTime() + measure.toNanos();
        for (long number = UNMEASURED + 1; System.nanoTime() < end; number++) {
            probe(number, true);
        }
        return micros;
    }

    /** An order, a delivery and a click, each of keys of its own, at once. */
    private void probe(long number, boolean counts) throws TimeoutException {
        long now = clock.millis();
        String name = "probe-%d-%d".formatted(now, number);
        String closed = name + "-delivered";
        OrderEvent order = new OrderEvent(name, name, OrderEvent.CREATED, 1, now, now);
        OrderEvent delivery = new OrderEvent(closed, closed, OrderEvent.DELIVERED, 1, now, now);
        ClickEvent click =
                new ClickEvent(
                        name, now, "probe", ClickEvent.VIEW, TimeUnit.MILLISECONDS.toSeconds(now));
        List<Expected> left = new ArrayList<>();
        left.add(handOver(order, "restaurant", List.of(name), "kitchen_orders"));
        left.add(handOver(delivery, "restaurant", List.of(closed), "kitchen_times"));
        Expected user = handOver(click, "user", List.of(name), "user_clicks", "user_recent");
        left.add(user);
        left.add(alsoOf(user, "product", List.of(String.valueOf(now)), "popularity_live"));
        left.add(
                alsoOf(
                        user,
                        "user_category",
                        List.of(name, "probe"),
                        "clicks_live",
                        "affinity_live"));
        while (!left.isEmpty()) {
            for (Expected expected : left) {
                expected.groups().removeAll(fresh(expected, counts));
                if (System.nanoTime() - expected.handedOverNanos() > PROBE_DEADLINE.toNanos()) {
                    throw new TimeoutException(
                            "%s could not be read within %s".formatted(expected, PROBE_DEADLINE));
                }
            }
            left.removeIf(expected -> expected.groups().isEmpty());
        }
        LockSupport.parkNanos(PROBE_PAUSE_NANOS);
    }

    private Expected handOver(Object event, String entity, List<String> key, String... groups) {
        Expected expected =
                new Expected(
                        new EntityKey(entity, key),
                        new ArrayList<>(List.of(groups)),
                        System.nanoTime());
        hand.over(event);
        return expected;
    }

    private static Expected alsoOf(
            Expected first, String entity, List<String> key, String... groups) {
        return new Expected(
                new EntityKey(entity, key),
                new ArrayList<>(List.of(groups)),
                first.handedOverNanos());
    }

    private Set<String> fresh(Expected expected, boolean counts) {
        EntityKey key = expected.key();
        Set<String> there = new HashSet<>();
        for (PackedCells.Cell cell :
                PackedCells.of(
                        reads.read(key.entity(), List.of(key), List.copyOf(expected.groups())))) {
            if (cell.status() == FeatureStatus.FEATURE_STATUS_PRESENT) {
                there.add(cell.group());
            }
        }
        long took = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - expected.handedOverNanos());
        for (String name : there) {
            Histogram histogram =
                    micros.computeIfAbsent(
                            name, any -> new Histogram(TimeUnit.MINUTES.toMicros(1), 3));
            if (counts) {
                histogram.recordValue(Math.min(took, histogram.getHighestTrackableValue()));
            }
        }
        return there;
    }
}
