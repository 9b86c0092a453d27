package io.dhara.realtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random orders of a few restaurants, of which some end, some twice and some never. */
final class OrderLoad {
    private final Random random;
    private final int restaurants;
    private final List<OrderEvent> open = new ArrayList<>();
    private int orders;

    OrderLoad(long seed, int restaurants) {
        this.random = new Random(seed);
        this.restaurants = restaurants;
    }

    /** An event of up to a time before the given one. */
    OrderEvent next(long nowMillis, int behindMillis) {
        long at = nowMillis - random.nextInt(behindMillis);
        if (!open.isEmpty() && random.nextInt(5) < 2) {
            OrderEvent created =
                    random.nextInt(10) == 0
                            ? open.get(random.nextInt(open.size()))
                            : open.remove(random.nextInt(open.size()));
            return new OrderEvent(
                    created.order(),
                    created.restaurant(),
                    random.nextInt(4) == 0 ? "cancelled" : "delivered",
                    created.amount(),
                    created.at(),
                    Math.max(created.at(), at));
        }
        OrderEvent created =
                new OrderEvent(
                        "order-" + orders,
                        "restaurant-" + random.nextInt(restaurants),
                        "created",
                        random.nextInt(4_000) / 8.0,
                        at,
                        at);
        orders++;
        open.add(created);
        return created;
    }
}
