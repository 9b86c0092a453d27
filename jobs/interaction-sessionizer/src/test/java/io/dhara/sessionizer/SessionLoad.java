package io.dhara.sessionizer;

import io.dhara.core.interaction.Interaction;
import io.dhara.sessionizer.SessionOracle.Rules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Seeded events of past weeks, and the orders in which they may be delivered. Pauses of exactly the
 * session gap, of one millisecond more and of none at all are among them, and users whose sessions
 * end at the cap or at the most events.
 */
final class SessionLoad {
    private static final long WEEK_MILLIS = Duration.ofDays(7).toMillis();
    private static final List<String> TYPES =
            List.of(
                    "CLICK",
                    "CLICK",
                    "CLICK",
                    "ORDER",
                    "ADD_TO_CART",
                    "WISHLIST",
                    "SHARE",
                    "APP_OPEN");

    /** Separators of the hot tier's members, and what is longer in UTF-8 than in UTF-16. */
    private static final List<String> TEXTS =
            List.of("", "", "from home", "a|b\\c", "\u00fc\u20ac");

    private final Random random;
    private final String userPrefix;
    private final Rules rules;
    private final List<Interaction> events = new ArrayList<>();
    private int orders;

    private SessionLoad(long seed, String userPrefix, Rules rules) {
        this.random = new Random(seed);
        this.userPrefix = userPrefix;
        this.rules = rules;
    }

    /**
     * Events of {@code users} users up to {@code newestMillis}, oldest first.
     *
     * @param userPrefix digits, so that orders can be sent in every form
     */
    static List<Interaction> of(
            long seed, String userPrefix, int users, Rules rules, long newestMillis) {
        SessionLoad load = new SessionLoad(seed, userPrefix, rules);
        load.marathon(users, newestMillis);
        load.crowd(users + 1, newestMillis);
        for (int user = 0; user < users; user++) {
            load.history(user, newestMillis);
        }
        return inOrder(load.events);
    }

    /**
     * Events of {@code users} users in the time {@code span} up to {@code newestMillis}, oldest
     * first; enough of them for one in every partition.
     */
    static List<Interaction> recent(
            long seed, String userPrefix, int users, long newestMillis, Duration span) {
        SessionLoad load = new SessionLoad(seed, userPrefix, new Rules(1, 1, 1));
        for (int user = 0; user < users; user++) {
            for (int event = 1 + load.random.nextInt(8); event > 0; event--) {
                load.add(load.name(user), newestMillis - load.random.nextLong(span.toMillis()));
            }
        }
        return inOrder(load.events);
    }

    private String name(int user) {
        return userPrefix + (user % 5 == 4 ? "-\u00e4 " : "") + user;
    }

    private void history(int user, long newestMillis) {
        long time = newestMillis - random.nextLong(12 * WEEK_MILLIS);
        int left = 1 + random.nextInt(60);
        while (left-- > 0 && time <= newestMillis) {
            add(name(user), time);
            time += pause();
        }
    }

    private long pause() {
        long gap = rules.gapMillis();
        return switch (random.nextInt(12)) {
            case 0 -> 0;
            case 1 -> gap;
            case 2 -> gap + 1;
            case 3 -> gap - 1;
            case 4 -> gap + random.nextLong(Duration.ofDays(1).toMillis());
            case 5 -> random.nextLong(2 * WEEK_MILLIS);
            default -> random.nextLong(gap / 2);
        };
    }

    /** Never pauses for the gap, for three times the cap. */
    private void marathon(int user, long newestMillis) {
        long time = newestMillis - WEEK_MILLIS - 3 * rules.capMillis();
        while (time < newestMillis - WEEK_MILLIS) {
            add(name(user), time);
            time += rules.gapMillis() / 3 + random.nextLong(rules.gapMillis() / 2);
        }
    }

    /** More than twice the most events of a session within one gap, several a millisecond. */
    private void crowd(int user, long newestMillis) {
        long time = newestMillis - 2 * WEEK_MILLIS;
        for (int i = 0; i < rules.maxEvents() * 5 / 2; i++) {
            add(name(user), time);
            time += random.nextInt(2);
        }
    }

    private void add(String user, long time) {
        String type = TYPES.get(random.nextInt(TYPES.size()));
        boolean order = type.equals("ORDER");
        boolean marker = SessionOracle.MARKERS.contains(type);
        events.add(
                new Interaction(
                        user,
                        type,
                        marker ? 0 : 1 + random.nextInt(50_000),
                        marker ? 0 : random.nextInt(300),
                        time,
                        order ? "S" + orders++ : "",
                        marker ? "" : TEXTS.get(random.nextInt(TEXTS.size()))));
    }

    /** Oldest first. */
    static List<Interaction> inOrder(List<Interaction> events) {
        return events.stream()
                .sorted(Comparator.comparingLong(Interaction::eventTimeMillis))
                .toList();
    }

    /** No event after one that is newer by more than the lateness. */
    static List<Interaction> shuffled(List<Interaction> events, long latenessMillis, long seed) {
        record Due(Interaction event, long atMillis) {}
        Random random = new Random(seed);
        return events.stream()
                .map(e -> new Due(e, e.eventTimeMillis() + random.nextLong(latenessMillis + 1)))
                .sorted(Comparator.comparingLong(Due::atMillis))
                .map(Due::event)
                .toList();
    }

    /** Each one to three times: at once, within the lateness, or long after. */
    static List<Interaction> duplicated(List<Interaction> events, long latenessMillis, long seed) {
        Random random = new Random(seed);
        record Due(Interaction event, long atMillis) {}
        List<Due> due = new ArrayList<>();
        for (Interaction event : events) {
            long first = event.eventTimeMillis() + random.nextLong(latenessMillis + 1);
            due.add(new Due(event, first));
            for (int copy = random.nextInt(3); copy > 0; copy--) {
                due.add(
                        new Due(
                                event,
                                first
                                        + switch (random.nextInt(3)) {
                                            case 0 -> 0;
                                            case 1 -> random.nextLong(latenessMillis + 1);
                                            default -> random.nextLong(WEEK_MILLIS);
                                        }));
            }
        }
        return due.stream()
                .sorted(Comparator.comparingLong(Due::atMillis))
                .map(Due::event)
                .toList();
    }
}
