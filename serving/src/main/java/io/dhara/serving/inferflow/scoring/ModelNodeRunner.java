package io.dhara.serving.inferflow.scoring;

import static java.util.Objects.requireNonNull;

import io.dhara.graph.ModelNode;
import io.dhara.serving.inferflow.CellStatus;
import io.dhara.serving.inferflow.FeatureMatrix;
import io.dhara.serving.inferflow.NodeCall;
import io.dhara.serving.inferflow.NodeResult;
import io.dhara.serving.inferflow.NodeResult.Outcome;
import io.dhara.serving.inferflow.NodeRunner;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;

/**
 * Scores rows by a model server, in batches of which some are on their way at once. A batch knows
 * its rows: one that fails marks those and no others. A row that lacked an input is scored with the
 * input's fallback, and its score is marked {@link CellStatus#DEFAULT}; one whose input is a score
 * that failed is not scored.
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
        int[] wanted = unscored(node, matrix, call.rows());
        int[] rows = ScoreInputs.scorable(matrix, inputs(node), wanted);
        if (rows.length < wanted.length) {
            call.write(
                    () -> {
                        for (int row : wanted) {
                            if (ScoreInputs.lackScore(matrix, inputs(node), row)) {
                                markFailed(node, matrix, row);
                            }
                        }
                    });
        }
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
                .start()
                .thenApply(result -> withUnscorable(result, wanted.length - rows.length));
    }

    static int[] inputs(ModelNode node) {
        return node.inputs().stream()
                .flatMapToInt(input -> Arrays.stream(input.columns()))
                .toArray();
    }

    /** What became of the rows that were asked for, with those that could not be. */
    static NodeResult withUnscorable(NodeResult result, int unscorable) {
        if (unscorable == 0) {
            return result;
        }
        String message =
                "%d rows lack a score that this one is built on%s%s"
                        .formatted(
                                unscorable,
                                result.message().isEmpty() ? "" : "; ",
                                result.message());
        Outcome outcome =
                result.outcome() == Outcome.OK || result.outcome() == Outcome.PARTIAL
                        ? Outcome.PARTIAL
                        : Outcome.FAILED;
        return new NodeResult(outcome, message, result.retryable(), result.asked());
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
