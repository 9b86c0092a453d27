package io.dhara.localstack;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Why jobs failed and were restarted, as Flink's REST interface remembers it. */
final class JobFailures {
    private static final int REMEMBERED = 10;
    private static final int LINES = 12;

    private JobFailures() {}

    /** Of all jobs that run: job, time, task and the beginning of the stack trace; newest first. */
    static List<String> of(URI rest) throws IOException, InterruptedException {
        List<String> failures = new ArrayList<>();
        for (JsonNode job :
                JobCounters.get(rest.resolve("/jobs/overview").toString()).path("jobs")) {
            URI exceptions =
                    rest.resolve(
                            "/jobs/%s/exceptions?maxExceptions=%d"
                                    .formatted(job.path("jid").asText(), REMEMBERED));
            JsonNode history = JobCounters.get(exceptions.toString()).path("exceptionHistory");
            for (JsonNode failure : history.path("entries")) {
                failures.add(
                        "%s, %s, at %s: %s"
                                .formatted(
                                        job.path("name").asText(),
                                        failure.path("taskName").asText("no task"),
                                        Instant.ofEpochMilli(failure.path("timestamp").asLong()),
                                        beginning(failure.path("stacktrace").asText())));
            }
        }
        return failures;
    }

    private static String beginning(String stackTrace) {
        List<String> lines = stackTrace.lines().toList();
        List<String> kept = new ArrayList<>(lines.subList(0, Math.min(LINES, lines.size())));
        lines.stream().skip(LINES).filter(line -> line.startsWith("Caused by")).forEach(kept::add);
        return String.join("\n    ", kept);
    }
}
