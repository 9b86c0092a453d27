package io.dhara.serving.inferflow.scoring;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dhara.core.model.DataType;
import io.dhara.core.model.DataType.Kind;
import io.dhara.core.psdb.Elements;
import io.dhara.graph.ExpressionNode;
import io.dhara.graph.PlanColumn;
import io.dhara.graph.expression.Expression;
import io.dhara.graph.expression.ExpressionException;
import io.dhara.serving.inferflow.CellStatus;
import io.dhara.serving.inferflow.FeatureMatrix;
import io.dhara.serving.inferflow.NodeCall;
import io.dhara.serving.inferflow.NodeResult;
import io.dhara.serving.inferflow.NodeResult.Outcome;
import io.dhara.serving.inferflow.NodeRunner;
import io.dhara.serving.inferflow.scoring.CellElements.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Computes a column row by row on the calling thread. A row whose variables are not all present is
 * computed from their fallbacks and marked {@link CellStatus#DEFAULT}; one for which the expression
 * has no value, or of which a variable is a score that failed, is marked {@link
 * CellStatus#NODE_FAILED}.
 */
final class ExpressionNodeRunner implements NodeRunner<ExpressionNode> {

    @Override
    public CompletionStage<NodeResult> run(
            ExpressionNode node, FeatureMatrix matrix, NodeCall call) {
        int[] rows = call.rows();
        if (rows.length == 0) {
            return done(new NodeResult(Outcome.SKIPPED, "", false, 0));
        }
        PlanColumn column = matrix.columns().get(node.column());
        byte[][] cells = new byte[rows.length][];
        CellStatus[] statuses = new CellStatus[rows.length];
        String message = "";
        int failed = 0;
        int[] inputs =
                node.expression().variables().stream()
                        .mapToInt(Expression.Variable::column)
                        .toArray();
        for (int i = 0; i < rows.length; i++) {
            if (ScoreInputs.lackScore(matrix, inputs, rows[i])) {
                message = failed++ == 0 ? "a score that this one is built on failed" : message;
                cells[i] = column.fallback();
                statuses[i] = CellStatus.NODE_FAILED;
                continue;
            }
            try {
                cells[i] = computed(node.expression(), matrix, rows[i], column);
                statuses[i] = status(node.expression(), matrix, rows[i]);
            } catch (ExpressionException e) {
                message = failed++ == 0 ? String.valueOf(e.getMessage()) : message;
                cells[i] = column.fallback();
                statuses[i] = CellStatus.NODE_FAILED;
            }
        }
        boolean written =
                call.write(
                        () -> {
                            for (int i = 0; i < rows.length; i++) {
                                matrix.put(node.column(), rows[i], cells[i], statuses[i]);
                            }
                        });
        if (!written) {
            return done(new NodeResult(Outcome.LATE, "computed too late", false, rows.length));
        }
        if (failed == 0) {
            return done(NodeResult.ok(rows.length));
        }
        Outcome outcome = failed == rows.length ? Outcome.FAILED : Outcome.PARTIAL;
        String told = "%d of %d rows: %s".formatted(failed, rows.length, message);
        return done(new NodeResult(outcome, told, false, rows.length));
    }

    private static CompletionStage<NodeResult> done(NodeResult result) {
        return CompletableFuture.completedFuture(result);
    }

    private static CellStatus status(Expression expression, FeatureMatrix matrix, int row) {
        for (Expression.Variable variable : expression.variables()) {
            if (!matrix.isPresent(variable.column(), row)) {
                return CellStatus.DEFAULT;
            }
        }
        return CellStatus.PRESENT;
    }

    private static byte[] computed(
            Expression expression, FeatureMatrix matrix, int row, PlanColumn column) {
        List<Object> values = new ArrayList<>(expression.variables().size());
        for (Expression.Variable variable : expression.variables()) {
            values.add(value(matrix, variable.column(), row));
        }
        Object result = expression.evaluate(values);
        byte[] cell = cell(result, column);
        if (cell == null) {
            throw new ExpressionException(
                    "%s gave %s, which is no %s"
                            .formatted(expression.text(), result, column.type().wireName()));
        }
        return cell;
    }

    private static Object value(FeatureMatrix matrix, int index, int row) {
        PlanColumn column = matrix.columns().get(index);
        Slice cell =
                matrix.status(index, row) == CellStatus.EMPTY
                        ? Slice.of(column.fallback())
                        : new Slice(
                                matrix.array(index, row),
                                matrix.start(index, row),
                                matrix.length(index, row));
        DataType type = column.type();
        if (type.kind() == Kind.STRING) {
            return new String(cell.bytes(), cell.start(), cell.length(), UTF_8);
        }
        if (type.isVector()) {
            int width = Elements.width(type);
            List<Double> elements = new ArrayList<>();
            for (int at = 0; at < cell.length(); at += width) {
                elements.add(Elements.read(type, cell.bytes(), cell.start() + at));
            }
            return elements;
        }
        double number = Elements.read(type, cell.bytes(), cell.start());
        return type.kind() == Kind.BOOL ? (Object) (number != 0) : (Object) number;
    }

    /** Null if the column cannot hold it. */
    private static byte @Nullable [] cell(Object value, PlanColumn column) {
        DataType type = column.type();
        if (value instanceof String text) {
            return ValueText.parse(text, type, column.vectorLength());
        }
        List<?> elements = value instanceof List<?> list ? list : List.of(value);
        if (type.isVector() ? elements.size() != column.vectorLength() : elements.size() != 1) {
            return null;
        }
        if (type.kind() == Kind.STRING) {
            return type.isVector() ? null : text(elements.get(0)).getBytes(UTF_8);
        }
        int width = Elements.width(type);
        byte[] cell = new byte[elements.size() * width];
        for (int i = 0; i < elements.size(); i++) {
            Elements.write(type, cell, i * width, number(elements.get(i)));
        }
        return cell;
    }

    private static double number(Object value) {
        return value instanceof Boolean is ? (is ? 1 : 0) : ((Number) value).doubleValue();
    }

    private static String text(Object value) {
        if (!(value instanceof Number number)) {
            return String.valueOf(value);
        }
        byte[] bytes = new byte[Double.BYTES];
        Elements.write(DataType.FP64, bytes, 0, number.doubleValue());
        return ValueText.of(DataType.FP64, 0, bytes, 0, bytes.length);
    }
}
