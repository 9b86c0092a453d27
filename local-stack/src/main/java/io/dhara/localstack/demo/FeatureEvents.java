package io.dhara.localstack.demo;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/** The events that the demo's realtime-features jobs count, by event time. */
final class FeatureEvents {
    private static final int MADE_UP_ORDERS = 600;
    private static final int MADE_UP_CLICKS = 2_000;

    private final long seed;
    private final long nowMs;
    private final boolean originalTimes;

    /**
     * @param nowMs time of the last made-up event, and of the last order of an input
     * @param originalTimes leave the times of an input as they are
     */
    FeatureEvents(long seed, long nowMs, boolean originalTimes) {
        this.seed = seed;
        this.nowMs = nowMs;
        this.originalTimes = originalTimes;
    }

    /** Made up. */
    List<OrderEvent> orders() {
        return OrderGenerator.events(seed, MADE_UP_ORDERS, nowMs);
    }

    /**
     * Of a file.
     *
     * @throws IllegalArgumentException if a record is no order event
     */
    List<OrderEvent> orders(RecordInput input) throws Exception {
        List<OrderEvent> orders = new ArrayList<>();
        input.forEach(
                entry -> {
                    if (entry.value() != null) {
                        orders.add(OrderEvent.ofJson(entry.value()));
                    }
                });
        long last = orders.stream().mapToLong(OrderEvent::occurredAtMs).max().orElse(nowMs);
        long shift = originalTimes ? 0 : nowMs - last;
        return orders.stream()
                .map(order -> order.shifted(shift))
                .sorted(Comparator.comparingLong(OrderEvent::occurredAtMs))
                .toList();
    }

    /** Made up. */
    List<ClickEvent> clicks() {
        List<ClickEvent> clicks = new ArrayList<>();
        Iterator<ShopEvent> events = new ShopGenerator(seed, MADE_UP_CLICKS, nowMs).events();
        events.forEachRemaining(event -> clicks.add(ClickEvent.of(event)));
        return clicks;
    }

    /** Of the shop's events. */
    List<ClickEvent> clicks(SessionsPhase.Events events) throws Exception {
        List<ClickEvent> clicks = new ArrayList<>();
        events.forEach(event -> clicks.add(ClickEvent.of(event)));
        clicks.sort(Comparator.comparingLong(ClickEvent::eventTimeMs));
        return clicks;
    }
}
