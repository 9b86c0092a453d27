package io.dhara.localstack.demo;

import java.util.Arrays;
import java.util.Iterator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A day in a shop, made up but shaped like real ones: few products get most views, some users are
 * there all day, evenings are busier than nights, and a view leads to a cart, a favourite or a buy
 * about as often as in Taobao's published behavior data. The same seed gives the same events.
 */
final class ShopGenerator {
    private static final long DAY_MS = 86_400_000L;
    private static final double SKEW = 1.05;

    /** Shares of view, cart, fav and buy, of a public extract of Taobao behavior data. */
    private static final double[] BEHAVIOR_SHARES = {0.892, 0.056, 0.030, 0.022};

    /** Events by hour of the day, in parts of the busiest hour. */
    private static final double[] RHYTHM = {
        .35, .22, .14, .10, .08, .10, .18, .30, .45, .58, .66, .68, .70, .72, .70, .70, .72, .74,
        .78, .88, .97, 1.0, .88, .60
    };

    private final SplittableRandom random;
    private final long endMs;
    private final int events;
    private final double[] users;
    private final double[] products;
    private final int categories;

    /**
     * @param events how many
     * @param endMs time of the last one; the first is at most a day before
     */
    ShopGenerator(long seed, int events, long endMs) {
        this.random = new SplittableRandom(seed);
        this.events = events;
        this.endMs = endMs;
        this.users = zipf(Math.max(20, events / 8));
        this.products = zipf(Math.max(20, events / 12));
        this.categories = Math.max(5, events / 400);
    }

    /** Cumulative shares of n things, the first most likely. */
    private static double[] zipf(int n) {
        double[] cumulative = new double[n];
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += 1 / Math.pow(i + 1.0, SKEW);
            cumulative[i] = sum;
        }
        for (int i = 0; i < n; i++) {
            cumulative[i] /= sum;
        }
        return cumulative;
    }

    private int draw(double[] cumulative) {
        int at = Arrays.binarySearch(cumulative, random.nextDouble());
        return Math.min(at < 0 ? -at - 1 : at, cumulative.length - 1);
    }

    /** The events in order of time. */
    Iterator<ShopEvent> events() {
        long[] times = new long[events];
        for (int i = 0; i < events; i++) {
            times[i] = endMs - offset();
        }
        Arrays.sort(times);
        if (events > 0) {
            times[events - 1] = endMs;
        }
        return IntStream.range(0, events).mapToObj(i -> event(times[i])).iterator();
    }

    /** Time before the end, by rejection against the rhythm of the day. */
    private long offset() {
        while (true) {
            long offset = random.nextLong(DAY_MS);
            int hour = (int) ((endMs - offset) / (DAY_MS / 24) % 24);
            if (random.nextDouble() < RHYTHM[hour]) {
                return offset;
            }
        }
    }

    private ShopEvent event(long timeMs) {
        int product = draw(products);
        double share = random.nextDouble();
        int behavior = 0;
        while (behavior < BEHAVIOR_SHARES.length - 1 && share >= BEHAVIOR_SHARES[behavior]) {
            share -= BEHAVIOR_SHARES[behavior++];
        }
        return new ShopEvent(
                "u%06d".formatted(draw(users) + 1),
                "p%06d".formatted(product + 1),
                "c%03d".formatted(product % categories + 1),
                ShopEvent.Behavior.values()[behavior],
                timeMs);
    }
}
