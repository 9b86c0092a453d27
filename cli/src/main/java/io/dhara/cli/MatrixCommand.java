package io.dhara.cli;

import io.dhara.localstack.demo.MatrixCells;
import io.dhara.localstack.demo.MatrixCells.Cell;
import io.dhara.proto.v1.CellStatus;
import io.dhara.proto.v1.MatrixColumn;
import io.dhara.proto.v1.NodeReport;
import io.dhara.proto.v1.RetrieveMatrixResponse;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A model's feature matrix for a few ids. */
@Command(
        name = "matrix",
        description = {
            "Reads the feature matrix of a model over gRPC: a row per id, a column per feature or score.",
            "A value that is not present stands in the table with its status behind it."
        },
        mixinStandardHelpOptions = true,
        subcommands = MatrixExplain.class,
        footer = {
            "",
            "Example: ./dhara matrix shop_ranking --ids product_id=p00001,p00002 --ids user_id=u000001"
        })
final class MatrixCommand implements Runnable {

    /** How the matrix is printed. */
    enum Form {
        table,
        csv,
        json
    }

    @Spec private CommandSpec spec;
    @Mixin private MatrixClient client;

    @Parameters(index = "0", arity = "0..1", paramLabel = "MODEL", description = "Model id.")
    private @Nullable String model;

    @Option(
            names = {"-c", "--columns"},
            split = ",",
            paramLabel = "C",
            description = "Columns to read, in this order. Default: those the model answers.")
    private List<String> columns = List.of();

    @Option(
            names = {"-o", "--output"},
            defaultValue = "table",
            description =
                    "Form of the result: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Form form;

    @Override
    public void run() {
        String asked = model;
        if (asked == null || !client.hasIds()) {
            throw new ParameterException(spec.commandLine(), "a MODEL and --ids are needed");
        }
        RetrieveMatrixResponse matrix = client.matrix(asked, columns);
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                switch (form) {
                    case table -> table(matrix);
                    case csv -> csv(matrix);
                    case json -> Output.toJson(document(asked, matrix));
                });
        out.flush();
        for (NodeReport node : matrix.getNodesList()) {
            if (!node.getMessage().isEmpty()) {
                spec.commandLine()
                        .getErr()
                        .println(
                                "node %s: %s, %s"
                                        .formatted(
                                                node.getName(), outcome(node), node.getMessage()));
            }
        }
    }

    static String outcome(NodeReport node) {
        return node.getOutcome().name().toLowerCase(Locale.ROOT);
    }

    private static List<String> names(RetrieveMatrixResponse matrix) {
        return matrix.getColumnsList().stream().map(MatrixColumn::getName).toList();
    }

    static String table(RetrieveMatrixResponse matrix) {
        List<List<String>> rows = new ArrayList<>();
        for (List<Cell> cells : MatrixCells.of(matrix)) {
            rows.add(
                    cells.stream()
                            .map(
                                    cell ->
                                            cell.status() == CellStatus.CELL_STATUS_PRESENT
                                                    ? cell.text()
                                                    : cell.text() + " (" + cell.statusText() + ")")
                            .toList());
        }
        return Output.table(names(matrix), rows);
    }

    /** Values, and then a column of statuses for each of them. */
    static String csv(RetrieveMatrixResponse matrix) {
        List<String> lines = new ArrayList<>();
        List<String> header = new ArrayList<>(names(matrix));
        names(matrix).forEach(name -> header.add(name + "#status"));
        lines.add(line(header));
        for (List<Cell> cells : MatrixCells.of(matrix)) {
            List<String> row = new ArrayList<>();
            cells.forEach(cell -> row.add(cell.text()));
            cells.forEach(cell -> row.add(cell.statusText()));
            lines.add(line(row));
        }
        return String.join("\n", lines);
    }

    /** As RFC 4180 has it. */
    private static String line(List<String> fields) {
        return fields.stream()
                .map(
                        field ->
                                field.matches("[^\",\r\n]*")
                                        ? field
                                        : '"' + field.replace("\"", "\"\"") + '"')
                .collect(Collectors.joining(","));
    }

    static Map<String, Object> document(String model, RetrieveMatrixResponse matrix) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (List<Cell> cells : MatrixCells.of(matrix)) {
            Map<String, Object> row = new LinkedHashMap<>();
            cells.forEach(
                    cell ->
                            row.put(
                                    cell.column(),
                                    Map.of("value", cell.text(), "status", cell.statusText())));
            rows.add(row);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("model", model);
        document.put("plan_digest", matrix.getPlanDigest());
        document.put("columns", columns(matrix));
        document.put("rows", rows);
        document.put("nodes", matrix.getNodesList().stream().map(MatrixCommand::node).toList());
        return document;
    }

    private static List<Map<String, Object>> columns(RetrieveMatrixResponse matrix) {
        List<Map<String, Object>> columns = new ArrayList<>();
        for (MatrixColumn column : matrix.getColumnsList()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", column.getName());
            one.put("type", column.getDataType());
            one.put("node", column.getNode());
            columns.add(one);
        }
        return columns;
    }

    static Map<String, Object> node(NodeReport report) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("name", report.getName());
        one.put("outcome", outcome(report));
        one.put("message", report.getMessage());
        one.put("started_us", report.getStartedUs());
        one.put("took_us", report.getTookUs());
        one.put("attempts", report.getAttempts());
        one.put("asked", report.getAsked());
        return one;
    }
}
