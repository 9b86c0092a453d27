package io.dhara.serving.inferflow.scoring;

import static java.util.Objects.requireNonNull;

import io.dhara.graph.ModelNode;
import io.dhara.serving.inferflow.CellStatus;
import io.dhara.serving.inferflow.FeatureMatrix;
import io.dhara.serving.inferflow.NodeCall;
import io.dhara.serving.inferflow.NodeResult;
import io.dhara.serving.inferflow.NodeRunner;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;

/**
 * Scores rows by a model server, in batches of which some are on their way at once. A batch knows
 * its rows: one that fails marks those and no others. A row that lacked an input is scored with the
 * input's fallback, and its score is marked {@link CellStatus#DEFAULT}.
 *
 * <p>An attempt after another asks only for the rows that have no score yet.
 */
final class ModelNodeRunner implements NodeRunner<ModelNode> {
    private final ModelCalls calls;
    private final int maxBatches;

    /**
     * @param maxBatches most batches of one attempt that are on their way
     */
    ModelNodeRunner(ModelCalls calls, int maxBatches) {
        this.calls = requireNonNull(calls, "calls is null");
        this.maxBatches = maxBatches;
    }

    @Override
    public CompletionStage<NodeResult> run(ModelNode node, FeatureMatrix matrix, NodeCall call) {
        int[] rows = unscored(node, matrix, call.rows());
        ModelCalls.Asker asker = new ModelCalls.Asker(call.trackingId(), call.deadline());
        return new BatchRun(
                        rows.length,
                        node.batchSize(),
                        maxBatches,
                        () -> call.gate().isClosed(),
                        (from, to) -> {
                            int[] batch = Arrays.copyOfRange(rows, from, to);
                            return calls.ask(node, matrix, batch, matrix.columns(), asker)
                                    .thenAccept(
                                            scored ->
                                                    call.write(() -> write(matrix, batch, scored)));
                        },
                        (from, to) ->
                                call.write(
                                        () -> {
                                            for (int i = from; i < to; i++) {
                                                markFailed(node, matrix, rows[i]);
                                            }
                                        }))
                .start();
    }

    static int[] unscored(ModelNode node, FeatureMatrix matrix, int[] rows) {
        int column = node.head().produces()[0];
        return Arrays.stream(rows)
                .filter(
                        row -> {
                            CellStatus status = matrix.status(column, row);
                            return status == CellStatus.EMPTY || status == CellStatus.NODE_FAILED;
                        })
                .toArray();
    }

    private static void write(FeatureMatrix matrix, int[] rows, ModelCalls.Scored scored) {
        for (int i = 0; i < rows.length; i++) {
            CellStatus status =
                    scored.inputs().isIncomplete(i) ? CellStatus.DEFAULT : CellStatus.PRESENT;
            scored.scores().write(matrix, i, rows[i], status);
        }
    }

    static void markFailed(ModelNode node, FeatureMatrix matrix, int row) {
        for (int column : node.head().produces()) {
            matrix.fallBack(column, row, CellStatus.NODE_FAILED);
        }
    }
}
