package io.dhara.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Each alert says how urgent it is, what to do, and asks for documented metrics. That a running
 * stack has these metrics under these names, LocalStackITCase checks.
 */
class AlertsTest {
    private static final List<Path> RULES =
            List.of(
                    Project.K8S.resolve("base/observability/prometheusrule.yaml"),
                    Project.K8S.resolve("base/observability/prometheusrule-sessionizer.yaml"));
    private static final Pattern METRIC = Pattern.compile("\\b(?:dhara|flink)_\\w+");
    private static final Pattern JOB_METRIC =
            Pattern.compile(
                    "flink_(?:jobmanager_job|taskmanager_job_task_operator)_(?:\\w+_)?(\\w+)");

    private static List<JsonNode> alerts() throws IOException {
        List<JsonNode> alerts = new ArrayList<>();
        for (Path rules : RULES) {
            for (JsonNode group : Yaml.documents(rules).get(0).at("/spec/groups")) {
                group.path("rules").forEach(alerts::add);
            }
        }
        return alerts;
    }

    private static String doc(String name) throws IOException {
        return Files.readString(Project.ROOT.resolve("docs").resolve(name));
    }

    @Test
    void everyAlert_hasSeveritySummaryAndALineInTheRunbook() throws IOException {
        String runbook = doc("operations.md");
        assertThat(alerts()).hasSizeGreaterThanOrEqualTo(15);
        for (JsonNode alert : alerts()) {
            String name = alert.path("alert").asText();
            assertThat(alert.at("/labels/severity").asText()).as(name).isIn("page", "ticket");
            assertThat(alert.at("/annotations/summary").asText()).as(name).isNotEmpty();
            assertThat(runbook).contains("\n| `" + name + "` | ");
        }
    }

    @Test
    void everyAlertOfTheRunbook_ships() throws IOException {
        List<String> names = alerts().stream().map(one -> one.path("alert").asText()).toList();
        Matcher row = Pattern.compile("\n\\| `(Dhara\\w+)` \\| ").matcher(doc("operations.md"));
        while (row.find()) {
            assertThat(names).contains(row.group(1));
        }
    }

    @Test
    void everyMetricOfAnAlert_isDocumented() throws IOException {
        String serving = doc("serving.md");
        String jobs =
                doc("operations.md") + doc("feature-ingest.md") + doc("interaction-sessionizer.md");
        for (JsonNode alert : alerts()) {
            Matcher metric = METRIC.matcher(alert.path("expr").asText());
            assertThat(metric.find()).as(alert.path("expr").asText()).isTrue();
            metric.reset();
            while (metric.find()) {
                if (metric.group().startsWith("dhara_")) {
                    assertThat(serving)
                            .contains(
                                    "`" + metric.group().replaceAll("_(bucket|count)$", "") + "`");
                } else {
                    Matcher job = JOB_METRIC.matcher(metric.group());
                    assertThat(job.matches()).as(metric.group()).isTrue();
                    assertThat(jobs.contains(job.group(1) + "`")).as(job.group(1)).isTrue();
                }
            }
        }
    }
}
