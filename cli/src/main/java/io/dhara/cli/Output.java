package io.dhara.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Where a command puts its result: text or one JSON document on standard output; what it says while
 * it works, on standard error.
 */
final class Output {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** How the result is printed. */
    enum Form {
        text,
        json
    }

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "text",
            description =
                    "Form of the result: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Form form;

    boolean json() {
        return form == Form.json;
    }

    /** Prints the result: {@code document} as JSON, or the text. */
    void result(Object document, String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(json() ? toJson(document) : text);
        out.flush();
    }

    /** Prints a result that has no other form than JSON. */
    void document(Object document) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(toJson(document));
        out.flush();
    }

    static String toJson(Object document) {
        try {
            return JSON.writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a result that is no JSON: " + document.getClass(), e);
        }
    }

    /** A line on standard error, for the person who waits. */
    void say(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(line);
        err.flush();
    }

    /** Columns padded to their widest cell, two spaces between them. */
    static String table(List<String> header, List<List<String>> rows) {
        int[] widths = new int[header.size()];
        List<List<String>> all = new ArrayList<>();
        all.add(header);
        all.addAll(rows);
        for (List<String> row : all) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : all) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString().stripTrailing();
    }

    static String table(String header, List<List<String>> rows) {
        return table(Arrays.asList(header.split(" ")), rows);
    }
}
