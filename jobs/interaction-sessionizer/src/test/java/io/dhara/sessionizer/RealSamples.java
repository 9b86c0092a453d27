package io.dhara.sessionizer;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dhara.core.interaction.Interaction;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Real histories of shop users, from the folder that {@code DHARA_SAMPLES} names. */
final class RealSamples {
    private static final long WEEK_MILLIS = Duration.ofDays(7).toMillis();
    private static final Map<String, String> TAOBAO_TYPES =
            Map.of("pv", "CLICK", "cart", "ADD_TO_CART", "fav", "WISHLIST", "buy", "ORDER");

    /** Room for the longest session of a label, 20 minutes, and more than the session gap. */
    private static final long LABEL_MILLIS = Duration.ofMinutes(90).toMillis();

    private RealSamples() {}

    private static List<String> lines(String file) throws IOException {
        String folder = System.getenv("DHARA_SAMPLES");
        assumeTrue(folder != null, "DHARA_SAMPLES does not name the folder of the samples");
        Path path = Path.of(folder, file);
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(path)),
                                StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        }
    }

    /**
     * Taobao histories, oldest first. Skips the test where they are not there.
     *
     * @param userPrefix digits before each user id
     */
    static List<Interaction> taobao(String userPrefix, long nowMillis) throws IOException {
        List<Interaction> events = new ArrayList<>();
        for (String line : lines("taobao_histories.csv.gz")) {
            String[] columns = line.split(",", -1);
            String type = TAOBAO_TYPES.get(columns[3]);
            events.add(
                    new Interaction(
                            userPrefix + columns[0],
                            type,
                            Long.parseLong(columns[1]),
                            Long.parseLong(columns[2]),
                            Long.parseLong(columns[4]) * 1000,
                            type.equals("ORDER") ? "B" + events.size() : "",
                            ""));
        }
        return untilNow(events, nowMillis);
    }

    /**
     * Diginetica item views, oldest first, and which session each is of. A session begins on its
     * day, 90 minutes after the one before it of its user; users that are not known have one
     * session each.
     */
    static Map<Interaction, String> diginetica(String userPrefix, long nowMillis)
            throws IOException {
        record View(long product, long offsetMillis) {}
        record Label(String user, long dayMillis, List<View> views) {}
        Map<String, Label> labels = new TreeMap<>();
        Stream<String> lines = lines("diginetica_sessions.csv.gz").stream().skip(1);
        for (String line : (Iterable<String>) lines::iterator) {
            String[] columns = line.split(";", -1);
            String user = columns[1].equals("NA") ? "a" + columns[0] : columns[1];
            long day =
                    LocalDate.parse(columns[4])
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant()
                            .toEpochMilli();
            labels.computeIfAbsent(
                            columns[0],
                            label -> new Label(userPrefix + user, day, new ArrayList<>()))
                    .views()
                    .add(new View(Long.parseLong(columns[2]), Long.parseLong(columns[3])));
        }
        Map<String, Integer> sessionsOfDay = new HashMap<>();
        List<Interaction> events = new ArrayList<>();
        List<String> names = new ArrayList<>();
        labels.forEach(
                (name, label) -> {
                    int number =
                            sessionsOfDay.merge(label.user() + label.dayMillis(), 1, Integer::sum);
                    for (View view : label.views()) {
                        events.add(
                                new Interaction(
                                        label.user(),
                                        "CLICK",
                                        view.product(),
                                        1,
                                        label.dayMillis()
                                                + (number - 1) * LABEL_MILLIS
                                                + view.offsetMillis(),
                                        "",
                                        ""));
                        names.add(name);
                    }
                });
        long shift = shift(events, nowMillis);
        Map<Interaction, String> labelled = new HashMap<>();
        for (int i = 0; i < events.size(); i++) {
            labelled.put(at(events.get(i), shift), names.get(i));
        }
        return labelled;
    }

    private static List<Interaction> untilNow(List<Interaction> events, long nowMillis) {
        long shift = shift(events, nowMillis);
        return SessionLoad.inOrder(events.stream().map(event -> at(event, shift)).toList());
    }

    /** Whole weeks, so that the newest is in the last week before now. */
    private static long shift(List<Interaction> events, long nowMillis) {
        long newest = events.stream().mapToLong(Interaction::eventTimeMillis).max().orElseThrow();
        return Math.floorDiv(nowMillis - newest, WEEK_MILLIS) * WEEK_MILLIS;
    }

    private static Interaction at(Interaction event, long shift) {
        return new Interaction(
                event.userId(),
                event.type(),
                event.productId(),
                event.catalogId(),
                event.eventTimeMillis() + shift,
                event.subOrder(),
                event.metadata());
    }
}
