package io.dhara.realtime;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * An event of the kitchen example.
 *
 * @param at when it happened, epoch milliseconds
 * @param createdAt when its order was created, epoch milliseconds
 */
record OrderEvent(
        String order, String restaurant, String status, double amount, long createdAt, long at) {

    byte[] json() {
        return """
        {"order_id":"%s","restaurant_id":"%s","status":"%s","amount":%s,"created_at_ms":%d,"occurred_at_ms":%d}"""
                .formatted(order, restaurant, status, amount, createdAt, at)
                .getBytes(UTF_8);
    }
}
