import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks the figures of {@code ./dhara demo -o json}: every row that went in is accounted for, every key reads back as it should.
 *
 * <p>Usage: {@code java -cp <class path of the cli> CheckDemo.java FILE [EVENTS]}, EVENTS being the lines of the input.
 */
final class CheckDemo {
    public static void main(String[] args) throws IOException {
        JsonNode demo = new ObjectMapper().readTree(new File(args[0]));
        List<String> problems = new ArrayList<>();

        long in = number(demo, "/rows_in", problems);
        long written = number(demo, "/rows_written/scylla", problems) + number(demo, "/rows_written/redis", problems);
        long settled = written
                + number(demo, "/combined", problems)
                + number(demo, "/rejected", problems)
                + number(demo, "/expired", problems);
        check(in > 0, "no row went in", problems);
        check(in == settled, "rows in " + in + " != written + combined + rejected + expired " + settled, problems);
        check(number(demo, "/rows_written/scylla", problems) > 0, "nothing written to Scylla's stand-in", problems);
        check(number(demo, "/rows_written/redis", problems) > 0, "nothing written to Redis", problems);
        check(number(demo, "/checked_keys", problems) > 0, "no key was read back", problems);
        check(number(demo, "/mismatches", problems) == 0, "keys that read back wrong: " + demo.at("/mismatches"), problems);
        check(number(demo, "/freshness_ms/p50", problems) > 0, "no freshness was measured", problems);
        check(number(demo, "/serving/requests", problems) > 0, "no request was served", problems);
        sessions(demo, problems);
        features(demo, problems);
        matrix(demo, problems);
        check(number(demo, "/duration_s", problems) < 180, "took " + demo.at("/duration_s") + " s, limit 180", problems);
        if (args.length > 1) {
            long expected = Long.parseLong(args[1]);
            check(number(demo, "/events_in", problems) == expected,
                    "events in " + demo.at("/events_in") + ", the input has " + expected, problems);
        }

        problems.forEach(p -> System.out.println("ci: demo: " + p));
        System.out.println("ci: demo: " + in + " rows in, " + written + " written, freshness p50 "
                + demo.at("/freshness_ms/p50") + " ms, " + demo.at("/duration_s") + " s");
        System.exit(problems.isEmpty() ? 0 : 1);
    }

    private static void sessions(JsonNode demo, List<String> problems) {
        long closed = number(demo, "/sessions/closed", problems);
        check(closed > 0, "no session was closed", problems);
        check(closed == number(demo, "/sessions/expected", problems),
                "sessions closed " + closed + ", by plain recomputation " + demo.at("/sessions/expected"), problems);
        check(number(demo, "/sessions_opened", problems) > 0, "no session was opened", problems);
        check(number(demo, "/sessions_flushed", problems) >= closed, "sessions flushed " + demo.at("/sessions_flushed"), problems);
        check(number(demo, "/interactions_cold", problems) >= number(demo, "/sessions/interactions_distinct", problems),
                "interactions in the cold tier " + demo.at("/interactions_cold"), problems);
        check(number(demo, "/sessions/users_from_cold_tier", problems) > 0, "nobody was answered from the cold tier", problems);
        List<String> tiers = demo.at("/sessions/visit").findValuesAsText("tier");
        check(tiers.contains("hot") && tiers.get(tiers.size() - 1).equals("cold"),
                "the visit was not answered from hot, then cold: " + tiers, problems);
    }

    private static void features(JsonNode demo, List<String> problems) {
        check(number(demo, "/features/orders", problems) > 0, "no order was sent", problems);
        check(number(demo, "/features/clicks", problems) > 0, "no click was sent", problems);
        check(number(demo, "/features/values", problems) > 0, "no real-time feature was read back", problems);
        check(number(demo, "/features/wrong", problems) == 0,
                "real-time features that differ from a plain recount: " + demo.at("/features/examples"), problems);
        check(demo.at("/features/freshness_ms").size() == 7, "freshness was not measured for 7 groups", problems);
        for (JsonNode group : demo.at("/features/freshness_ms")) {
            check(group.at("/probes").asLong() > 0, "a group without a measured event: " + group, problems);
        }
    }

    private static void matrix(JsonNode demo, List<String> problems) {
        check(number(demo, "/matrix/rows", problems) > 0, "no row of a feature matrix was read", problems);
        check(number(demo, "/matrix/columns", problems) > 0, "the feature matrix has no column", problems);
        check(number(demo, "/matrix/chained", problems) > 0, "no category led to what a user thinks of it", problems);
        check(number(demo, "/matrix/wrong", problems) == 0,
                "cells of the feature matrix that are not what was written: " + demo.at("/matrix/examples"), problems);
    }

    private static long number(JsonNode demo, String pointer, List<String> problems) {
        JsonNode value = demo.at(pointer);
        if (!value.isNumber()) {
            problems.add(pointer + " is not a number: " + value);
        }
        return (long) Math.ceil(value.asDouble());
    }

    private static void check(boolean holds, String problem, List<String> problems) {
        if (!holds) {
            problems.add(problem);
        }
    }
}
