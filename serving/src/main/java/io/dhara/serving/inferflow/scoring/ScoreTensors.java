package io.dhara.serving.inferflow.scoring;

import io.dhara.graph.ModelNode;
import io.dhara.graph.PlanColumn;
import io.dhara.serving.inferflow.CellStatus;
import io.dhara.serving.inferflow.FeatureMatrix;
import io.dhara.serving.inferflow.scoring.RemoteCallException.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The scores of one batch, checked and converted before any of them is written. */
final class ScoreTensors {
    /** One per score column: its cells, one per row of the batch. */
    private final List<Column> columns = new ArrayList<>();

    private record Column(int index, byte[][] cells) {}

    private ScoreTensors() {}

    /**
     * Cuts the answer into columns.
     *
     * @param columns of the matrix that the scores go into
     * @param rows that were asked for
     * @throws RemoteCallException if the answer is not exactly what the node says: a tensor is
     *     missing, has another number of rows or elements, or a value that its column cannot hold
     */
    static ScoreTensors of(
            ModelNode node, List<PlanColumn> columns, int rows, List<Tensor> answer) {
        ScoreTensors scores = new ScoreTensors();
        for (ModelNode.Output output : node.outputs()) {
            int perRow = 0;
            for (ModelNode.Score score : output.scores()) {
                perRow += score.elements();
            }
            TensorElements elements = elements(named(answer, output.name()), rows, perRow);
            int first = 0;
            for (ModelNode.Score score : output.scores()) {
                PlanColumn column = columns.get(score.column());
                byte[][] cells = new byte[rows][];
                for (int row = 0; row < rows; row++) {
                    byte[] cell =
                            elements.cell(row * perRow + first, score.elements(), column.type());
                    if (cell == null) {
                        throw wrong(
                                "%s of row %d is no %s"
                                        .formatted(column.name(), row, column.type().wireName()));
                    }
                    cells[row] = cell;
                }
                scores.columns.add(new Column(score.column(), cells));
                first += score.elements();
            }
        }
        return scores;
    }

    private static Tensor named(List<Tensor> answer, String name) {
        for (Tensor tensor : answer) {
            if (tensor.name().equals(name)) {
                return tensor;
            }
        }
        throw wrong("there is no output " + name);
    }

    private static TensorElements elements(Tensor tensor, int rows, int perRow) {
        long[] shape = tensor.shape();
        TensorElements elements = null;
        if (shape.length > 0 && shape[0] == rows && tensor.elements() == (long) rows * perRow) {
            elements = TensorElements.of(tensor, Math.multiplyExact(rows, perRow));
        }
        if (elements == null) {
            throw wrong(
                    "output %s has shape %s and %d bytes, not %d rows of %d elements"
                            .formatted(
                                    tensor.name(),
                                    Arrays.toString(shape),
                                    tensor.raw().length,
                                    rows,
                                    perRow));
        }
        return elements;
    }

    private static RemoteCallException wrong(String what) {
        return new RemoteCallException(Kind.WRONG_ANSWER, "wrong answer: " + what);
    }

    /** Writes the scores of the batch's row at {@code place} into a row of the matrix. */
    void write(FeatureMatrix matrix, int place, int row, CellStatus status) {
        for (Column column : columns) {
            matrix.put(column.index(), row, column.cells()[place], status);
        }
    }

    /** The first score of the first row, for logs; empty without rows. */
    String sample(List<PlanColumn> plan) {
        if (columns.isEmpty() || columns.get(0).cells().length == 0) {
            return "";
        }
        PlanColumn column = plan.get(columns.get(0).index());
        byte[] cell = columns.get(0).cells()[0];
        return ValueText.of(column.type(), column.vectorLength(), cell, 0, cell.length);
    }
}
