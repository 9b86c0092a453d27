package io.dhara.localstack.demo;

import io.dhara.proto.v1.InteractionEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/** What users do in a shop, as the interaction events of a producer. */
final class ShopInteractions {
    /** The stored types that a shop's events become. */
    static final List<String> TYPES = List.of("CLICK", "ADD_TO_CART", "WISHLIST", "ORDER");

    private static final Pattern NUMBERED = Pattern.compile("[a-z]?(\\d{1,9})");

    private ShopInteractions() {}

    static InteractionEvent of(ShopEvent event) {
        return InteractionEvent.newBuilder()
                .setUserId(event.user())
                .setType(
                        switch (event.behavior()) {
                            case VIEW -> "CLICK";
                            case CART -> "ADD_TO_CART";
                            case FAV -> "WISHLIST";
                            case BUY -> "ORDER";
                        })
                .setProductId(number(event.product()))
                .setCatalogId(number(event.category()))
                .setEventTimeMs(event.eventTimeMs())
                .build();
    }

    /** The number in a name such as {@code p000012}; of other names, a number made from them. */
    static int number(String name) {
        var numbered = NUMBERED.matcher(name);
        if (numbered.matches()) {
            return Integer.parseInt(numbered.group(1));
        }
        CRC32C crc = new CRC32C();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        return (int) (crc.getValue() >>> 1);
    }
}
