package io.dhara.cli;

import io.dhara.proto.v1.DescribeModelResponse;
import io.dhara.proto.v1.DescribeModelResponse.Node;
import io.dhara.proto.v1.NodeReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What makes a model's matrix, node by node. */
@Command(
        name = "explain",
        description = {
            "Shows the graph of a model as it runs now: its nodes in layers, what they wait for and what they",
            "read. With --ids it is run once and every node shows how it went."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example: ./dhara matrix explain shop_ranking --svg graph.svg"})
final class MatrixExplain implements Runnable {
    @Mixin private Output output;
    @Mixin private MatrixClient client;

    @Parameters(index = "0", paramLabel = "MODEL", description = "Model id.")
    private String model;

    @Option(names = "--svg", paramLabel = "FILE", description = "Draws the graph into a file, too.")
    private @Nullable Path svg;

    @Override
    public void run() {
        DescribeModelResponse description = client.describe(model);
        List<NodeReport> run =
                client.hasIds() ? client.matrix(model, List.of()).getNodesList() : List.of();
        output.result(document(description, run), text(description, run));
        Path file = svg;
        if (file != null) {
            write(file, new ModelDrawing(description, run).svg());
            output.say("drawn into " + file);
        }
    }

    private static void write(Path file, String drawing) {
        try {
            Files.writeString(file, drawing);
        } catch (IOException e) {
            throw new CommandFailure("%s cannot be written: %s".formatted(file, e), e);
        }
    }

    static String text(DescribeModelResponse model, List<NodeReport> run) {
        Map<String, NodeReport> reports = new HashMap<>();
        run.forEach(report -> reports.put(report.getName(), report));
        StringBuilder text = new StringBuilder();
        text.append("model ").append(model.getModel());
        text.append(", plan ").append(model.getPlanDigest()).append('\n');
        if (!model.getProblem().isEmpty()) {
            text.append("a newer version is refused: ").append(model.getProblem()).append('\n');
        }
        text.append("inputs: ").append(String.join(", ", model.getInputsList()));
        text.append("; rows by ").append(model.getRowColumn()).append('\n');
        int layer = 1;
        for (List<Node> nodes : ModelLayers.of(model)) {
            text.append("layer ").append(layer++).append('\n');
            List<List<String>> rows = new ArrayList<>();
            for (Node node : nodes) {
                List<String> row = new ArrayList<>();
                row.add(node.getName());
                row.add(node.getKind());
                row.add(
                        node.getWaitsForCount() == 0
                                ? "inputs"
                                : String.join(", ", node.getWaitsForList()));
                row.add(node.getDetail());
                if (!run.isEmpty()) {
                    row.add(ModelDrawing.timing(reports.get(node.getName())));
                }
                rows.add(row);
            }
            List<String> header = new ArrayList<>(List.of("NODE", "KIND", "WAITS FOR", "WHAT"));
            if (!run.isEmpty()) {
                header.add("RUN");
            }
            text.append(Output.table(header, rows).indent(2));
        }
        text.append("answers: ").append(String.join(", ", model.getAnswerList()));
        return text.toString();
    }

    private static Map<String, Object> document(DescribeModelResponse model, List<NodeReport> run) {
        List<Map<String, Object>> nodes = new ArrayList<>();
        for (Node node : model.getNodesList()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", node.getName());
            one.put("kind", node.getKind());
            one.put("waits_for", List.copyOf(node.getWaitsForList()));
            one.put("reads", List.copyOf(node.getReadsList()));
            one.put("produces", List.copyOf(node.getProducesList()));
            one.put("detail", node.getDetail());
            nodes.add(one);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("model", model.getModel());
        document.put("plan_digest", model.getPlanDigest());
        document.put("problem", model.getProblem());
        document.put("row_column", model.getRowColumn());
        document.put("inputs", List.copyOf(model.getInputsList()));
        document.put("answer", List.copyOf(model.getAnswerList()));
        document.put("nodes", nodes);
        if (!run.isEmpty()) {
            document.put("run", run.stream().map(MatrixCommand::node).toList());
        }
        return document;
    }
}
