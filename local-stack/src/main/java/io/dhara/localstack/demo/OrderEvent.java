package io.dhara.localstack.demo;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * Something happened to an order: a record of the source of {@code examples/features/kitchen.yaml}.
 *
 * @param status {@link #CREATED}, {@link #DELIVERED} or {@link #CANCELLED}
 * @param createdAtMs of the order, on each of its events; epoch milliseconds
 * @param occurredAtMs event time, epoch milliseconds
 */
@JsonPropertyOrder({
    "order_id",
    "restaurant_id",
    "status",
    "amount",
    "created_at_ms",
    "occurred_at_ms"
})
record OrderEvent(
        @JsonProperty("order_id") String order,
        @JsonProperty("restaurant_id") String restaurant,
        String status,
        double amount,
        @JsonProperty("created_at_ms") long createdAtMs,
        @JsonProperty("occurred_at_ms") long occurredAtMs) {
    static final String CREATED = "created";
    static final String DELIVERED = "delivered";
    static final String CANCELLED = "cancelled";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What becomes of the order later. */
    OrderEvent then(String newStatus, long atMs) {
        return new OrderEvent(order, restaurant, newStatus, amount, createdAtMs, atMs);
    }

    OrderEvent shifted(long byMs) {
        return new OrderEvent(
                order, restaurant, status, amount, createdAtMs + byMs, occurredAtMs + byMs);
    }

    /** As its producer sends it. */
    byte[] toJson() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an order is always JSON", e);
        }
    }

    /**
     * @throws IllegalArgumentException if the bytes are none
     */
    static OrderEvent ofJson(byte[] json) {
        try {
            return JSON.readValue(json, OrderEvent.class);
        } catch (IOException e) {
            throw new IllegalArgumentException("no order event: " + e.getMessage(), e);
        }
    }
}
