package io.dhara.localstack.demo;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Sends the feature messages of events, and tells the oracle of each. Made-up events also get what
 * real pipelines get: messages sent twice, messages that come late, producers with an old schema
 * version, and producers that are broken. Events of a user's file are sent as they are.
 */
final class Replay {
    private static final int EXAMPLE_LINES = 20;
    private static final int HELD_BACK = 40;
    private static final int BAD_EVERY = 500;
    private static final long DAY_MS = 86_400_000L;

    private final FeatureProducer producer;
    private final Oracle oracle;
    private final Clock clock;
    private final SentCounts sent = new SentCounts();
    private final ShopFeatures features = new ShopFeatures();
    private final List<String> invalidLines = new ArrayList<>();

    Replay(FeatureProducer producer, Oracle oracle, Clock clock) {
        this.producer = producer;
        this.oracle = oracle;
        this.clock = clock;
    }

    SentCounts sent() {
        return sent;
    }

    /** The first lines that were no events, with their numbers. */
    List<String> invalidLines() {
        return List.copyOf(invalidLines);
    }

    /** Sends a message that must be written. */
    void send(FeatureMessage message) {
        producer.send(message);
        note(message);
    }

    private void note(FeatureMessage message) {
        sent.messages++;
        sent.rows += message.rows();
        oracle.sent(message, clock.millis());
    }

    /**
     * Sends the lines of a file.
     *
     * @param shiftMs added to every event time
     */
    void input(EventInput input, long shiftMs, DemoProgress progress) throws Exception {
        input.forEach(
                line -> {
                    sent.events++;
                    progress.done(line.number());
                    if (line.event() != null) {
                        features.messages(line.event().shifted(shiftMs)).forEach(this::send);
                    } else if (line.message() != null) {
                        sendChecked(line, line.message().shifted(shiftMs));
                    } else {
                        invalid(line.number(), String.valueOf(line.problem()));
                    }
                });
    }

    private void sendChecked(EventInput.Line line, FeatureMessage message) {
        try {
            send(message);
        } catch (IllegalArgumentException e) { // not a message of these schemas
            invalid(line.number(), String.valueOf(e.getMessage()));
        }
    }

    private void invalid(long line, String problem) {
        sent.invalidLines++;
        if (invalidLines.size() < EXAMPLE_LINES) {
            invalidLines.add("line " + line + ": " + problem);
        }
    }

    /** Sends made-up events, with the troubles of real pipelines among them. */
    void generated(Iterator<ShopEvent> events, long seed, DemoProgress progress) {
        SplittableRandom random = new SplittableRandom(seed ^ 0x5eed);
        Queue<FeatureMessage> late = new ArrayDeque<>();
        Map<String, Set<String>> known = new HashMap<>();
        while (events.hasNext()) {
            ShopEvent event = events.next();
            sent.events++;
            Catalogue.firstSeen(event, known).forEach(this::send);
            for (FeatureMessage message : features.messages(event)) {
                troubled(message, random, late);
            }
            if (sent.events % BAD_EVERY == 0) {
                broken(sent.events);
            }
            progress.done(sent.events);
        }
        late.forEach(this::send);
    }

    private void troubled(
            FeatureMessage message, SplittableRandom random, Queue<FeatureMessage> late) {
        int chance = random.nextInt(100);
        if (chance < 2) { // comes after newer ones of its key, and must not replace them
            sent.late++;
            late.add(message);
            if (late.size() > HELD_BACK) {
                send(late.remove());
            }
            return;
        }
        if (chance < 4 && message.entity().equals("user")) {
            sent.olderVersion++;
            send(Catalogue.asVersion1(message));
            return;
        }
        send(message);
        if (chance < 6) {
            sent.duplicates++;
            send(message);
        }
    }

    private void broken(long number) {
        long now = clock.millis();
        for (BadMessages.BadMessage bad : BadMessages.oneOfEach(number, now)) {
            producer.send(
                    ("bad-" + number).getBytes(java.nio.charset.StandardCharsets.UTF_8),
                    bad.value(),
                    now,
                    bad.headers());
            sent.messages++;
            sent.rejected += bad.rejected();
            sent.rejectedByReason.merge(bad.reason(), (long) bad.rejected(), Long::sum);
            sent.rows += bad.rows();
            if (bad.good() != null) {
                oracle.sent(bad.good(), now);
            }
        }
        send(
                new FeatureMessage(
                        "product",
                        List.of("sold-out-" + number),
                        Map.of("stock", Map.of("in_stock", false, "ships_today", false)),
                        now - 3 * DAY_MS));
    }

    /** What a shop knows of its users and products beside what they do. */
    private static final class Catalogue {
        private static final String[] CITIES = {"Bengaluru", "Hangzhou", "Łódź", "São Paulo"};
        private static final String[] LANGUAGES = {"en", "hi", "pl", "pt"};

        private Catalogue() {}

        /** Messages about the user and the product, when they are seen for the first time. */
        static List<FeatureMessage> firstSeen(ShopEvent event, Map<String, Set<String>> known) {
            List<FeatureMessage> messages = new ArrayList<>();
            if (known.computeIfAbsent("user", k -> new HashSet<>()).add(event.user())) {
                messages.add(user(event));
            }
            if (known.computeIfAbsent("product", k -> new HashSet<>()).add(event.product())) {
                messages.add(product(event));
            }
            return messages;
        }

        private static FeatureMessage user(ShopEvent event) {
            SplittableRandom random = new SplittableRandom(event.user().hashCode());
            int home = random.nextInt(CITIES.length);
            return new FeatureMessage(
                    "user",
                    List.of(event.user()),
                    Map.of(
                            "profile",
                            Map.of(
                                    "city", CITIES[home],
                                    "language", LANGUAGES[home],
                                    "segment", random.nextBoolean() ? "regular" : "new"),
                            "taste",
                            Map.of("taste_8", numbers(random, 8)),
                            "flags",
                            Map.of(
                                    "is_new", random.nextBoolean(),
                                    "is_prime", random.nextBoolean(),
                                    "has_app", random.nextBoolean())),
                    event.eventTimeMs());
        }

        private static FeatureMessage product(ShopEvent event) {
            SplittableRandom random = new SplittableRandom(event.product().hashCode());
            return new FeatureMessage(
                    "product",
                    List.of(event.product()),
                    Map.of(
                            "rates",
                            Map.of(
                                    "ctr", random.nextDouble(),
                                    "buy_rate", random.nextDouble() / 10,
                                    "price", random.nextInt(1, 100_000) / 100.0),
                            "embedding",
                            Map.of("image_32", numbers(random, 32)),
                            "stock",
                            Map.of("in_stock", true, "ships_today", random.nextBoolean())),
                    event.eventTimeMs());
        }

        /** Eighths from -2 to 2: exact in half precision too. */
        private static List<Object> numbers(SplittableRandom random, int count) {
            List<Object> numbers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                numbers.add(random.nextInt(-16, 17) / 8.0);
            }
            return List.copyOf(numbers);
        }

        /** The message as a producer sends it that does not know favs_1d yet. */
        static FeatureMessage asVersion1(FeatureMessage message) {
            Map<String, Map<String, Object>> groups = new HashMap<>();
            message.groups()
                    .forEach(
                            (group, values) -> {
                                Map<String, Object> old = new HashMap<>(values);
                                old.remove("favs_1d");
                                groups.put(group, old);
                            });
            return new FeatureMessage(
                    message.entity(), message.keyValues(), groups, message.eventTimeMs(), 1);
        }
    }
}
