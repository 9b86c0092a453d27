package io.dhara.realtime.source;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the planner says of a select, for the person who wrote it. */
final class SelectErrors {
    private static final Pattern CHANGES =
            Pattern.compile(
                    "doesn't support consuming (?:update|delete|update and delete) changes which is"
                            + " produced by node (\\w+)");

    private static final Pattern WORD = Pattern.compile("Encountered \"(\\w+)(?: \\w+)*\"");

    private SelectErrors() {}

    static String problem(RuntimeException refusal) {
        String message = whole(refusal);
        Matcher changes = CHANGES.matcher(message);
        if (changes.find()) {
            return "the select must only ever add rows, but its "
                    + changes.group(1)
                    + " takes back or changes rows it gave before: leave aggregates to the group's"
                    + " features, or aggregate by a window (TUMBLE, HOP), and join by INNER JOIN";
        }
        Matcher word = WORD.matcher(message);
        return "the select is not valid: "
                + message
                + (word.find()
                        ? " (a name that is a word of SQL stands in backticks: `"
                                + word.group(1)
                                + "`)"
                        : "");
    }

    /** Without the list of all words that could stand where the error is. */
    private static String whole(RuntimeException refusal) {
        String message = String.valueOf(refusal.getMessage());
        Throwable cause = refusal.getCause();
        if (cause != null && cause.getMessage() != null && !message.contains(cause.getMessage())) {
            message += " " + cause.getMessage();
        }
        int expected = message.indexOf("Was expecting");
        return (expected < 0 ? message : message.substring(0, expected))
                .strip()
                .replaceAll("\\s*\\R\\s*", " ");
    }
}
