package io.dhara.localstack.demo;

import io.dhara.localstack.demo.PlainFeature.Group;
import io.dhara.localstack.demo.PlainFeature.Window;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * The groups of {@code examples/features/kitchen.yaml} and {@code shop.yaml}, written down a second
 * time to count their values plainly.
 */
final class PlainExamples {
    private static final double NO_DELIVERY = -1;
    private static final int LAST_ITEMS = 10;
    private static final double P90 = 0.9;
    private static final Predicate<ClickEvent> ANY = click -> true;

    private PlainExamples() {}

    static List<Group<OrderEvent>> kitchen() {
        return List.of(
                new Group<>(
                        "restaurant",
                        "kitchen_orders",
                        order -> List.of(order.restaurant()),
                        OrderEvent::occurredAtMs,
                        order -> true,
                        List.of(
                                PlainFeature.open(
                                        "running_orders",
                                        OrderEvent::order,
                                        with(OrderEvent.CREATED),
                                        OrderEvent::occurredAtMs,
                                        Duration.ofHours(4)),
                                orders(Duration.ofMinutes(5), OrderEvent.CREATED)
                                        .count("orders_5m"),
                                orders(Duration.ofMinutes(30), OrderEvent.CREATED)
                                        .count("orders_30m"),
                                orders(Duration.ofHours(1), OrderEvent.CREATED)
                                        .count("orders_1h"))),
                new Group<>(
                        "restaurant",
                        "kitchen_times",
                        order -> List.of(order.restaurant()),
                        OrderEvent::occurredAtMs,
                        with(OrderEvent.DELIVERED),
                        List.of(
                                delivered(Duration.ofHours(1))
                                        .mean(
                                                "created_to_delivered_s_1h",
                                                PlainExamples::seconds,
                                                NO_DELIVERY),
                                delivered(Duration.ofHours(1))
                                        .quantile(
                                                "created_to_delivered_p90_s_1h",
                                                PlainExamples::seconds,
                                                P90,
                                                NO_DELIVERY),
                                delivered(Duration.ofHours(1)).sum("sales_1h", OrderEvent::amount),
                                delivered(Duration.ofDays(1))
                                        .sum("sales_1d", OrderEvent::amount))));
    }

    private static Predicate<OrderEvent> with(String status) {
        return order -> order.status().equals(status);
    }

    private static Window<OrderEvent> orders(Duration length, String status) {
        return new Window<>(length, OrderEvent::occurredAtMs, with(status));
    }

    private static Window<OrderEvent> delivered(Duration length) {
        return orders(length, OrderEvent.DELIVERED);
    }

    private static double seconds(OrderEvent order) {
        return (order.occurredAtMs() - order.createdAtMs()) / 1000.0;
    }

    static List<Group<ClickEvent>> shop() {
        return List.of(
                new Group<>(
                        "user",
                        "user_clicks",
                        click -> List.of(click.user()),
                        ClickEvent::eventTimeMs,
                        ANY,
                        List.of(
                                clicks(Duration.ofMinutes(10), ANY).count("clicks_10m"),
                                clicks(Duration.ofHours(1), ANY).count("clicks_1h"),
                                clicks(Duration.ofDays(7), ANY).count("clicks_7d"),
                                clicks(Duration.ofHours(1), ANY)
                                        .distinct("categories_1h", ClickEvent::category),
                                clicks(Duration.ofDays(7), ANY)
                                        .distinct("categories_7d", ClickEvent::category))),
                new Group<>(
                        "user",
                        "user_recent",
                        click -> List.of(click.user()),
                        ClickEvent::eventTimeMs,
                        ANY,
                        List.of(
                                clicks(Duration.ofDays(7), ANY)
                                        .last("last_items", LAST_ITEMS, ClickEvent::item))),
                new Group<>(
                        "product",
                        "popularity_live",
                        click -> List.of(String.valueOf(click.item())),
                        ClickEvent::eventTimeMs,
                        ANY,
                        List.of(
                                clicks(Duration.ofHours(1), having(ClickEvent.VIEW))
                                        .count("views_1h"),
                                clicks(Duration.ofDays(1), having(ClickEvent.VIEW))
                                        .count("views_1d"),
                                clicks(Duration.ofDays(1), having(ClickEvent.BUY))
                                        .count("buys_1d"))),
                new Group<>(
                        "user_category",
                        "clicks_live",
                        click -> List.of(click.user(), click.category()),
                        ClickEvent::eventTimeMs,
                        ANY,
                        List.of(
                                clicks(Duration.ofMinutes(10), ANY).count("clicks_10m"),
                                clicks(Duration.ofHours(1), ANY).count("clicks_1h"),
                                clicks(Duration.ofDays(7), ANY).count("clicks_7d"))),
                new Group<>(
                        "user_category",
                        "affinity_live",
                        click -> List.of(click.user(), click.category()),
                        ClickEvent::eventTimeMs,
                        ANY,
                        List.of(
                                PlainFeature.decayed(
                                        "heat_1h", Duration.ofHours(1), ClickEvent::eventTimeMs),
                                PlainFeature.decayed(
                                        "heat_3d", Duration.ofDays(3), ClickEvent::eventTimeMs))));
    }

    private static Predicate<ClickEvent> having(String behavior) {
        return click -> click.behavior().equals(behavior);
    }

    private static Window<ClickEvent> clicks(Duration length, Predicate<ClickEvent> where) {
        return new Window<>(length, ClickEvent::eventTimeMs, where);
    }
}
