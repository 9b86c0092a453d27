package io.dhara.core.interaction;

import io.dhara.core.interaction.InteractionType.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Types and interactions for tests. */
final class Samples {
    /** 2026-01-01T00:00:00Z, a Thursday of ISO week 2026-W01. */
    static final long NEW_YEAR = 1_767_225_600_000L;

    static final String USER = "u1";
    static final InteractionType CLICK = type("CLICK", Shape.CLICK, 1, 500);
    static final InteractionType ORDER = type("ORDER", Shape.ORDER, 1, 500);
    static final InteractionType CLICK_2 = type("CLICK", Shape.CLICK, 2, 500);
    static final InteractionType ORDER_2 = type("ORDER", Shape.ORDER, 2, 500);

    private Samples() {}

    static InteractionType type(String name, Shape shape, int layout, int weekLimit) {
        return new InteractionType(name, true, name.toLowerCase(), shape, layout, 500, weekLimit);
    }

    static Interaction click(long product, long catalog, long timeMillis, String metadata) {
        return new Interaction(USER, "CLICK", product, catalog, timeMillis, "", metadata);
    }

    static Interaction click(long product, long timeMillis) {
        return click(product, 101, timeMillis, "");
    }

    static Interaction order(long product, long timeMillis, String subOrder) {
        return new Interaction(USER, "ORDER", product, 101, timeMillis, subOrder, "");
    }

    /** Distinct interactions, newest first; texts with and without characters beyond ASCII. */
    static List<Interaction> random(InteractionType type, int count, long seed) {
        Random random = new Random(seed);
        List<Interaction> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            boolean wide = type.layout() == 2;
            boolean subOrder = type.shape() == Shape.ORDER || wide && random.nextBoolean();
            events.add(
                    new Interaction(
                            USER,
                            type.name(),
                            wide ? random.nextLong() : random.nextInt(),
                            wide ? random.nextLong() : random.nextInt(),
                            NEW_YEAR - random.nextInt(600_000) * 1000L,
                            subOrder ? text(random) : "",
                            text(random)));
        }
        events.sort(Interaction.NEWEST_FIRST);
        return events;
    }

    private static String text(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> "";
            case 1 -> "S" + random.nextInt();
            case 2 -> "\u0915\u093e" + random.nextInt(10) + "\uD83D\uDED2";
            default -> "x".repeat(random.nextInt(40));
        };
    }
}
