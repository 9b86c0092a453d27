package io.dhara.localstack.demo;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import java.util.Optional;

/**
 * Somebody did something with a product.
 *
 * @param eventTimeMs epoch milliseconds
 */
record ShopEvent(
        String user, String product, String category, Behavior behavior, long eventTimeMs) {

    /** What was done. */
    enum Behavior {
        VIEW("pv"),
        CART("cart"),
        FAV("fav"),
        BUY("buy");

        private final String taobaoName;

        Behavior(String taobaoName) {
            this.taobaoName = taobaoName;
        }

        String taobaoName() {
            return taobaoName;
        }

        /** Of its own name or Taobao's, in any case. */
        static Optional<Behavior> of(String name) {
            String lower = name.toLowerCase(Locale.ROOT);
            for (Behavior behavior : values()) {
                if (behavior.taobaoName.equals(lower)
                        || behavior.name().toLowerCase(Locale.ROOT).equals(lower)) {
                    return Optional.of(behavior);
                }
            }
            return Optional.empty();
        }
    }

    ShopEvent {
        requireNonNull(behavior, "behavior is null");
        requireNotEmpty("user", user);
        requireNotEmpty("product", product);
        requireNotEmpty("category", category);
        if (eventTimeMs < 0) {
            throw new IllegalArgumentException(
                    "event time must be 0 or more epoch milliseconds: got " + eventTimeMs);
        }
    }

    private static void requireNotEmpty(String field, String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(field + " is empty");
        }
    }

    ShopEvent shifted(long byMs) {
        return new ShopEvent(user, product, category, behavior, eventTimeMs + byMs);
    }
}
