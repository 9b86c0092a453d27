package io.dhara.cli;

import io.dhara.realtime.backtest.Backtest.Answer;
import io.dhara.realtime.domain.definition.GroupPlan;
import io.dhara.realtime.domain.definition.PlannedFeature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The answers of a backtest for people, for other programs and for spreadsheets. */
final class BacktestText {
    /** Stands in tables where the registry's default is served. */
    private static final String DEFAULT = "default";

    /** The answers of one group. */
    record Group(GroupPlan plan, List<Answer> answers) {
        String name() {
            return plan.name();
        }

        List<String> features() {
            return plan.features().stream().map(PlannedFeature::name).toList();
        }
    }

    private BacktestText() {}

    static String table(List<Group> groups) {
        List<String> texts = new ArrayList<>();
        for (Group group : groups) {
            List<List<String>> rows = new ArrayList<>();
            for (Answer answer : group.answers()) {
                List<String> row = new ArrayList<>(answer.key());
                row.add(Instant.ofEpochMilli(answer.atMillis()).toString());
                answer.values().forEach(value -> row.add(value == null ? DEFAULT : text(value)));
                rows.add(row);
            }
            texts.add(group.name() + "\n" + Output.table(header(group), rows).indent(2));
        }
        return String.join("\n", texts).stripTrailing();
    }

    private static List<String> header(Group group) {
        List<String> header = new ArrayList<>(group.plan().keyColumns());
        header.add("at");
        header.addAll(group.features());
        return header;
    }

    /** With a header; a default is an empty cell, a vector {@code [a, b]}. RFC 4180. */
    static String csv(Group group) {
        StringBuilder csv = new StringBuilder(line(header(group)));
        for (Answer answer : group.answers()) {
            List<String> row = new ArrayList<>(answer.key());
            row.add(Instant.ofEpochMilli(answer.atMillis()).toString());
            answer.values().forEach(value -> row.add(value == null ? "" : text(value)));
            csv.append("\n").append(line(row));
        }
        return csv.toString();
    }

    private static String line(List<String> cells) {
        return cells.stream()
                .map(
                        cell ->
                                cell.matches("(?s).*[\",\r\n].*")
                                        ? '"' + cell.replace("\"", "\"\"") + '"'
                                        : cell)
                .collect(Collectors.joining(","));
    }

    static Map<String, Object> document(List<Group> groups, long records, long rejected) {
        List<Map<String, Object>> documents = new ArrayList<>();
        for (Group group : groups) {
            List<Map<String, Object>> answers = new ArrayList<>();
            for (Answer answer : group.answers()) {
                Map<String, @Nullable Object> values = new LinkedHashMap<>();
                for (int i = 0; i < answer.values().size(); i++) {
                    values.put(group.features().get(i), answer.values().get(i));
                }
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("key", answer.key());
                one.put("at", Instant.ofEpochMilli(answer.atMillis()).toString());
                one.put("written", answer.written());
                one.put("values", values);
                answers.add(one);
            }
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("group", group.name());
            document.put("key", group.plan().keyColumns());
            document.put("answers", answers);
            documents.add(document);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("records", records);
        document.put("rejected", rejected);
        document.put("groups", documents);
        return document;
    }

    private static String text(Object value) {
        return value.toString();
    }
}
