package io.dhara.localstack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dhara.core.model.StoreConfig;
import io.dhara.core.registry.SchemaSnapshot;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The counters of a running job, asked from Flink's REST interface as an operator would, summed
 * over subtasks. They count from the start of the job's current attempt.
 */
final class JobCounters {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final List<String> INGEST_COUNTERS =
            List.of(
                    ".rowsIn",
                    ".rowsCombined",
                    ".rowsRejected",
                    ".rowsRefused",
                    ".rowsExpired",
                    ".rowsWritten");
    private static final String OPENED = ".sessionsOpened";
    private static final String FLUSHED = ".sessionsFlushed";
    private static final String COLD_ADDED = ".coldInteractions";
    private static final String LATE = ".lateEvents";
    private static final List<String> SESSION_COUNTERS = List.of(OPENED, FLUSHED, COLD_ADDED, LATE);
    private static final Pattern STORE_COUNTER = Pattern.compile("\\.store\\.([^.]+)\\.[^.]+$");

    private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

    private final URI job;

    JobCounters(URI rest, String jobId) {
        this.job = rest.resolve("/jobs/" + jobId);
    }

    /**
     * Of the running job of this name.
     *
     * @throws IOException when none or several run
     */
    static JobCounters ofRunning(URI rest, String name) throws IOException, InterruptedException {
        List<String> running = new ArrayList<>();
        for (JsonNode job : get(rest.resolve("/jobs/overview").toString()).path("jobs")) {
            if (job.path("name").asText().equals(name)
                    && job.path("state").asText().equals("RUNNING")) {
                running.add(job.path("jid").asText());
            }
        }
        if (running.size() != 1) {
            throw new IOException(
                    "one job %s must run on %s: found %d".formatted(name, rest, running.size()));
        }
        return new JobCounters(rest, running.get(0));
    }

    /**
     * Counters by their full name.
     *
     * @param names ends of the names of those wanted, such as {@code .rowsIn}
     */
    private Map<String, Long> sums(List<String> names) throws IOException, InterruptedException {
        Map<String, Long> sums = new LinkedHashMap<>();
        for (JsonNode vertex : get(job.toString()).path("vertices")) {
            String metrics = job + "/vertices/" + vertex.path("id").asText() + "/subtasks/metrics";
            List<String> wanted = wanted(metrics, names);
            if (wanted.isEmpty()) {
                continue;
            }
            String query =
                    URLEncoder.encode(String.join(",", wanted), StandardCharsets.UTF_8)
                            .replace("+", "%20");
            for (JsonNode metric : get(metrics + "?agg=sum&get=" + query)) {
                sums.merge(
                        metric.path("id").asText(),
                        Math.round(metric.path("sum").asDouble()),
                        Long::sum);
            }
        }
        return sums;
    }

    private List<String> wanted(String metrics, List<String> names)
            throws IOException, InterruptedException {
        List<String> wanted = new ArrayList<>();
        for (JsonNode metric : get(metrics)) {
            String id = metric.path("id").asText();
            if (names.stream().anyMatch(id::endsWith)) {
                wanted.add(id);
            }
        }
        return wanted;
    }

    /** What the feature-ingest job counts, by the names in its metrics. */
    IngestCounts ingest(SchemaSnapshot schemas) throws IOException, InterruptedException {
        Map<String, Long> sums = sums(INGEST_COUNTERS);
        Map<String, Long> written = new TreeMap<>();
        for (StoreConfig.Kind kind : StoreConfig.Kind.values()) {
            written.put(kind.name().toLowerCase(Locale.ROOT), 0L);
        }
        long in = 0;
        long combined = 0;
        long rejected = 0;
        long expired = 0;
        for (Map.Entry<String, Long> sum : sums.entrySet()) {
            String id = sum.getKey();
            switch (id.substring(id.lastIndexOf('.') + 1)) {
                case "rowsIn" -> in += sum.getValue();
                case "rowsCombined" -> combined += sum.getValue();
                case "rowsRejected", "rowsRefused" -> rejected += sum.getValue();
                case "rowsExpired" -> expired += sum.getValue();
                default -> written.merge(storeKind(schemas, id), sum.getValue(), Long::sum);
            }
        }
        return new IngestCounts(in, written, combined, rejected, expired);
    }

    /** What the interaction-sessionizer job counts, by the names in its metrics. */
    SessionCounts sessions() throws IOException, InterruptedException {
        Map<String, Long> sums = new LinkedHashMap<>();
        for (Map.Entry<String, Long> sum : sums(SESSION_COUNTERS).entrySet()) {
            String id = sum.getKey();
            sums.merge(id.substring(id.lastIndexOf('.')), sum.getValue(), Long::sum);
        }
        return new SessionCounts(
                sums.getOrDefault(OPENED, 0L),
                sums.getOrDefault(FLUSHED, 0L),
                sums.getOrDefault(COLD_ADDED, 0L),
                sums.getOrDefault(LATE, 0L));
    }

    /** From the name of a sink's counter: {@code ...store.<id>.rowsWritten}. */
    private static String storeKind(SchemaSnapshot schemas, String counter) {
        Matcher store = STORE_COUNTER.matcher(counter);
        StoreConfig config = store.find() ? schemas.stores().get(store.group(1)) : null;
        if (config == null) {
            throw new IllegalStateException("no store of the schemas is meant by " + counter);
        }
        return config.kind().name().toLowerCase(Locale.ROOT);
    }

    /** Whether every task of the job runs. */
    boolean allTasksRun() throws IOException, InterruptedException {
        JsonNode vertices = get(job.toString()).path("vertices");
        for (JsonNode vertex : vertices) {
            if (!vertex.path("status").asText().equals("RUNNING")) {
                return false;
            }
        }
        return !vertices.isEmpty();
    }

    static JsonNode get(String uri) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer =
                HTTP.send(
                        HttpRequest.newBuilder(URI.create(uri)).timeout(TIMEOUT).build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            throw new IOException(
                    "Flink answered %d to %s: %s"
                            .formatted(
                                    answer.statusCode(),
                                    uri,
                                    new String(answer.body(), StandardCharsets.UTF_8)));
        }
        return JSON.readTree(answer.body());
    }
}
