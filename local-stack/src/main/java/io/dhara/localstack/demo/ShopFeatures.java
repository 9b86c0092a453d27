package io.dhara.localstack.demo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Turns shop events into feature messages by counting: what a real-time feature job would send for
 * the groups of {@code examples/schemas}. An event gives a message for its user, its product and
 * its user x category pair.
 *
 * <p>Day counts start anew at midnight UTC; all others count from the first event of the run.
 */
final class ShopFeatures {
    private static final long DAY_MS = 86_400_000L;
    private static final double[] WEIGHTS = {1, 4, 3, 10};
    private static final int BEHAVIORS = ShopEvent.Behavior.values().length;

    /** Counts by behavior, in all and of the day. */
    private static final class Counts {
        final int[] total = new int[BEHAVIORS];
        final int[] today = new int[BEHAVIORS];
        long day;

        void add(ShopEvent event) {
            long eventDay = event.eventTimeMs() / DAY_MS;
            if (eventDay > day) {
                java.util.Arrays.fill(today, 0);
                day = eventDay;
            }
            total[event.behavior().ordinal()]++;
            if (eventDay == day) {
                today[event.behavior().ordinal()]++;
            }
        }

        long total(ShopEvent.Behavior behavior) {
            return total[behavior.ordinal()];
        }

        long today(ShopEvent.Behavior behavior) {
            return today[behavior.ordinal()];
        }

        double score() {
            double score = 0;
            for (int i = 0; i < BEHAVIORS; i++) {
                score += WEIGHTS[i] * total[i];
            }
            return score;
        }
    }

    private final Map<String, Counts> users = new HashMap<>();
    private final Map<String, Counts> products = new HashMap<>();
    private final Map<List<String>, Counts> pairs = new HashMap<>();
    private final Map<String, String> categories = new HashMap<>();

    /** The messages of one event, in the order user, user x category, product. */
    List<FeatureMessage> messages(ShopEvent event) {
        Counts user = counted(users, event.user(), event);
        Counts product = counted(products, event.product(), event);
        List<String> pairKey = List.of(event.user(), event.category());
        Counts pair = counted(pairs, pairKey, event);
        List<FeatureMessage> messages = new ArrayList<>();
        messages.add(
                new FeatureMessage(
                        "user",
                        List.of(event.user()),
                        groups("activity", activity(user), "lifetime", lifetime(user, event)),
                        event.eventTimeMs()));
        messages.add(
                new FeatureMessage(
                        "user_category",
                        pairKey,
                        groups("affinity", affinity(pair, user), "counts", pairCounts(pair)),
                        event.eventTimeMs()));
        messages.add(
                new FeatureMessage(
                        "product",
                        List.of(event.product()),
                        productGroups(event, product),
                        event.eventTimeMs()));
        return messages;
    }

    /** The category only where it is new. */
    private Map<String, Map<String, Object>> productGroups(ShopEvent event, Counts product) {
        boolean known = event.category().equals(categories.put(event.product(), event.category()));
        return known
                ? Map.of("popularity", popularity(product))
                : groups(
                        "catalogue",
                        Map.of("category_id", event.category()),
                        "popularity",
                        popularity(product));
    }

    private static <K> Counts counted(Map<K, Counts> of, K key, ShopEvent event) {
        Counts counts = of.computeIfAbsent(key, k -> new Counts());
        counts.add(event);
        return counts;
    }

    private static Map<String, Map<String, Object>> groups(
            String first, Map<String, Object> values, String second, Map<String, Object> more) {
        Map<String, Map<String, Object>> groups = new TreeMap<>();
        groups.put(first, values);
        groups.put(second, more);
        return groups;
    }

    private static Map<String, Object> activity(Counts user) {
        return Map.of(
                "views_1d", user.today(ShopEvent.Behavior.VIEW),
                "carts_1d", user.today(ShopEvent.Behavior.CART),
                "buys_1d", user.today(ShopEvent.Behavior.BUY),
                "favs_1d", user.today(ShopEvent.Behavior.FAV));
    }

    private static Map<String, Object> lifetime(Counts user, ShopEvent event) {
        return Map.of(
                "views_total", user.total(ShopEvent.Behavior.VIEW),
                "buys_total", user.total(ShopEvent.Behavior.BUY),
                "last_seen_epoch_s", event.eventTimeMs() / 1000);
    }

    private static Map<String, Object> affinity(Counts pair, Counts user) {
        long views = user.total(ShopEvent.Behavior.VIEW);
        double share = views == 0 ? 0 : pair.total(ShopEvent.Behavior.VIEW) / (double) views;
        return Map.of("score", pair.score(), "share_of_views", share);
    }

    private static Map<String, Object> pairCounts(Counts pair) {
        return Map.of(
                "views_14d", pair.total(ShopEvent.Behavior.VIEW),
                "buys_14d", pair.total(ShopEvent.Behavior.BUY));
    }

    private static Map<String, Object> popularity(Counts product) {
        return Map.of(
                "views", product.total(ShopEvent.Behavior.VIEW),
                "carts", product.total(ShopEvent.Behavior.CART),
                "buys", product.total(ShopEvent.Behavior.BUY),
                "favs", product.total(ShopEvent.Behavior.FAV));
    }
}
