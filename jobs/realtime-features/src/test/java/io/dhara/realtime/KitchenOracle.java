package io.dhara.realtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dhara.realtime.FeatureJobBed.Served;
import io.dhara.realtime.domain.tile.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Every event that was sent, and what the kitchen example's features are by a recount of them. */
final class KitchenOracle {
    private static final double EXACT = 1e-9;

    private final List<OrderEvent> events = new ArrayList<>();

    synchronized void add(OrderEvent event) {
        events.add(event);
    }

    private synchronized Map<String, List<OrderEvent>> byRestaurant() {
        return events.stream().collect(Collectors.groupingBy(OrderEvent::restaurant));
    }

    /**
     * What is served of every restaurant counts all its events, as of the row's instant.
     *
     * @param minutes windows of the counts
     */
    void assertOrders(Map<String, Served> served, List<Integer> minutes) {
        Map<String, List<OrderEvent>> all = byRestaurant();
        assertThat(served.keySet()).isEqualTo(all.keySet());
        served.forEach(
                (restaurant, row) -> {
                    List<OrderEvent> own = all.get(restaurant);
                    assertCoversAll(restaurant, row, own);
                    Map<String, Double> expected = new HashMap<>();
                    expected.put("running_orders", (double) running(own, row.eventTimeMillis()));
                    for (int length : minutes) {
                        expected.put(
                                "orders_" + (length == 60 ? "1h" : length + "m"),
                                (double)
                                        in(own, Duration.ofMinutes(length), row, "created").size());
                    }
                    assertThat(row.values())
                            .as("%s at %d", restaurant, row.eventTimeMillis())
                            .isEqualTo(expected);
                });
    }

    /** As {@link #assertOrders} for the delivery times. */
    void assertTimes(Map<String, Served> served) {
        byRestaurant()
                .forEach(
                        (restaurant, all) -> {
                            List<OrderEvent> own =
                                    all.stream()
                                            .filter(e -> e.status().equals("delivered"))
                                            .toList();
                            if (!own.isEmpty()) {
                                assertThat(served).containsKey(restaurant);
                                assertTimes(restaurant, served.get(restaurant), own);
                            }
                        });
    }

    private static void assertTimes(String restaurant, Served row, List<OrderEvent> own) {
        assertCoversAll(restaurant, row, own);
        List<OrderEvent> hour = in(own, Duration.ofHours(1), row, "delivered");
        List<OrderEvent> day = in(own, Duration.ofDays(1), row, "delivered");
        assertThat(row.values().get("sales_1h"))
                .isCloseTo(hour.stream().mapToDouble(OrderEvent::amount).sum(), within(EXACT));
        assertThat(row.values().get("sales_1d"))
                .isCloseTo(day.stream().mapToDouble(OrderEvent::amount).sum(), within(EXACT));
        List<Double> seconds =
                hour.stream().map(e -> (e.at() - e.createdAt()) / 1000.0).sorted().toList();
        if (seconds.isEmpty()) {
            assertThat(row.values()).doesNotContainKey("created_to_delivered_s_1h");
            return;
        }
        assertThat(row.values().get("created_to_delivered_s_1h"))
                .isCloseTo(
                        seconds.stream().mapToDouble(Double::doubleValue).average().orElseThrow(),
                        within(EXACT));
        assertThat(row.values().get("created_to_delivered_p90_s_1h"))
                .isBetween(
                        seconds.get((int) (0.8 * (seconds.size() - 1))),
                        seconds.get(seconds.size() - 1));
    }

    /** It is not of before the newest event. */
    private static void assertCoversAll(String restaurant, Served row, List<OrderEvent> own) {
        assertThat(row.eventTimeMillis())
                .as(restaurant)
                .isGreaterThanOrEqualTo(own.stream().mapToLong(OrderEvent::at).max().orElseThrow());
    }

    private static List<OrderEvent> in(
            List<OrderEvent> own, Duration length, Served row, String status) {
        long after = Window.of(length).afterMillis(row.eventTimeMillis());
        return own.stream().filter(e -> e.status().equals(status) && e.at() > after).toList();
    }

    private static long running(List<OrderEvent> own, long atMillis) {
        Map<String, OrderEvent> newest = new HashMap<>();
        own.forEach(event -> newest.merge(event.order(), event, KitchenOracle::newer));
        long after = Window.of(Duration.ofHours(4)).afterMillis(atMillis);
        return newest.values().stream()
                .filter(e -> e.status().equals("created") && e.at() > after)
                .count();
    }

    private static OrderEvent newer(OrderEvent a, OrderEvent b) {
        if (a.at() == b.at()) {
            return a.status().equals("created") ? b : a;
        }
        return a.at() > b.at() ? a : b;
    }
}
