package io.dhara.cli;

import io.dhara.proto.v1.DescribeModelResponse;
import io.dhara.proto.v1.DescribeModelResponse.Node;
import io.dhara.proto.v1.NodeReport;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The graph of a model as an SVG document: a box per node, inputs on the left, a column per layer,
 * an arrow from each node to those that wait for it. Boxes of a run show how it went.
 */
final class ModelDrawing {
    private static final int BOX_WIDTH = 250;
    private static final int BOX_HEIGHT = 66;
    private static final int GAP_X = 70;
    private static final int GAP_Y = 24;
    private static final int MARGIN = 20;
    private static final int TITLE_HEIGHT = 30;
    private static final int LONGEST_TEXT = 38;

    private final DescribeModelResponse model;
    private final Map<String, NodeReport> reports = new HashMap<>();
    private final Map<String, int[]> places = new HashMap<>();
    private final StringBuilder svg = new StringBuilder();

    /**
     * @param run reports of one run; empty for none
     */
    ModelDrawing(DescribeModelResponse model, List<NodeReport> run) {
        this.model = model;
        run.forEach(report -> reports.put(report.getName(), report));
    }

    String svg() {
        List<List<Node>> layers = ModelLayers.of(model);
        int tallest = layers.stream().mapToInt(List::size).max().orElse(0);
        tallest = Math.max(1, tallest);
        int width = MARGIN * 2 + BOX_WIDTH + layers.size() * (BOX_WIDTH + GAP_X);
        int height = MARGIN * 2 + TITLE_HEIGHT + tallest * (BOX_HEIGHT + GAP_Y) - GAP_Y;
        line(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">",
                width, height, width, height);
        line(
                "<defs><marker id=\"end\" viewBox=\"0 0 10 10\" refX=\"10\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L10 5L0 10z\" fill=\"#556\"/></marker></defs>");
        line("<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>");
        text(MARGIN, MARGIN + 14, "bold", "model " + model.getModel());
        box(
                MARGIN,
                MARGIN + TITLE_HEIGHT,
                "#e8eef7",
                "inputs",
                List.of(String.join(", ", model.getInputsList()), "rows: " + model.getRowColumn()));
        for (int layer = 0; layer < layers.size(); layer++) {
            int x = MARGIN + (layer + 1) * (BOX_WIDTH + GAP_X);
            for (int i = 0; i < layers.get(layer).size(); i++) {
                int y = MARGIN + TITLE_HEIGHT + i * (BOX_HEIGHT + GAP_Y);
                places.put(layers.get(layer).get(i).getName(), new int[] {x, y});
            }
        }
        for (Node node : model.getNodesList()) {
            arrows(node);
        }
        for (Node node : model.getNodesList()) {
            int[] place = places.get(node.getName());
            box(
                    place[0],
                    place[1],
                    colour(reports.get(node.getName())),
                    node.getName() + " (" + node.getKind() + ")",
                    List.of(node.getDetail(), timing(reports.get(node.getName()))));
        }
        line("</svg>");
        return svg.toString();
    }

    /** What a run says of a node, or nothing. */
    static String timing(@Nullable NodeReport report) {
        if (report == null) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                "%s in %.2f ms from %.2f ms, %d asked%s",
                MatrixCommand.outcome(report),
                report.getTookUs() / 1000.0,
                report.getStartedUs() / 1000.0,
                report.getAsked(),
                report.getAttempts() > 1 ? ", " + report.getAttempts() + " attempts" : "");
    }

    private static String colour(@Nullable NodeReport report) {
        if (report == null) {
            return "#f6f6f6";
        }
        return switch (report.getOutcome()) {
            case OK -> "#e3f4e3";
            case PARTIAL -> "#fdf3d3";
            case FAILED, LATE -> "#fbdedb";
            case SKIPPED, OUTCOME_UNSPECIFIED, UNRECOGNIZED -> "#eeeeee";
        };
    }

    private void arrows(Node node) {
        int[] to = places.get(node.getName());
        int toY = to[1] + BOX_HEIGHT / 2;
        if (node.getWaitsForCount() == 0) {
            arrow(MARGIN + BOX_WIDTH, MARGIN + TITLE_HEIGHT + BOX_HEIGHT / 2, to[0], toY);
        }
        for (String before : node.getWaitsForList()) {
            int[] from = places.get(before);
            arrow(from[0] + BOX_WIDTH, from[1] + BOX_HEIGHT / 2, to[0], toY);
        }
    }

    private void arrow(int fromX, int fromY, int toX, int toY) {
        int bend = GAP_X / 2;
        line(
                "<path d=\"M%d %dC%d %d %d %d %d %d\" fill=\"none\" stroke=\"#556\" marker-end=\"url(#end)\"/>",
                fromX, fromY, fromX + bend, fromY, toX - bend, toY, toX, toY);
    }

    private void box(int x, int y, String fill, String title, List<String> lines) {
        line(
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\" fill=\"%s\" stroke=\"#889\"/>",
                x, y, BOX_WIDTH, BOX_HEIGHT, fill);
        int baseline = y + 20;
        text(x + 10, baseline, "bold", title);
        for (String one : lines) {
            baseline += 18;
            text(x + 10, baseline, "normal", one);
        }
    }

    /** Cut to what fits; the whole text shows when pointed at. */
    private void text(int x, int y, String weight, String text) {
        String shown =
                text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT - 1) + "…";
        line(
                "<text x=\"%d\" y=\"%d\" font-weight=\"%s\"><title>%s</title>%s</text>",
                x, y, weight, escape(text), escape(shown));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private void line(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
