package io.dhara.localstack.demo;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * A click: a record of the source of {@code examples/features/shop.yaml}.
 *
 * @param behavior {@code pv}, {@code cart}, {@code fav} or {@code buy}
 * @param atSeconds event time, epoch seconds
 */
@JsonPropertyOrder({"user_id", "item_id", "category_id", "behavior", "at"})
record ClickEvent(
        @JsonProperty("user_id") String user,
        @JsonProperty("item_id") long item,
        @JsonProperty("category_id") String category,
        String behavior,
        @JsonProperty("at") long atSeconds) {
    static final String VIEW = ShopEvent.Behavior.VIEW.taobaoName();
    static final String BUY = ShopEvent.Behavior.BUY.taobaoName();

    private static final ObjectMapper JSON = new ObjectMapper();

    static ClickEvent of(ShopEvent event) {
        return new ClickEvent(
                event.user(),
                ShopInteractions.number(event.product()),
                event.category(),
                event.behavior().taobaoName(),
                TimeUnit.MILLISECONDS.toSeconds(event.eventTimeMs()));
    }

    long eventTimeMs() {
        return TimeUnit.SECONDS.toMillis(atSeconds);
    }

    /** As its producer sends it. */
    byte[] toJson() {
        try {
            return JSON.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a click is always JSON", e);
        }
    }

    /**
     * @throws IllegalArgumentException if the bytes are none
     */
    static ClickEvent ofJson(byte[] json) {
        try {
            return JSON.readValue(json, ClickEvent.class);
        } catch (IOException e) {
            throw new IllegalArgumentException("no click: " + e.getMessage(), e);
        }
    }
}
