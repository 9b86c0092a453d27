package io.dhara.serving.inferflow.scoring;

import static java.util.Objects.requireNonNull;

import io.dhara.graph.ModelNode;
import io.dhara.serving.inferflow.CellStatus;
import io.dhara.serving.inferflow.FeatureMatrix;
import io.dhara.serving.inferflow.NodeCall;
import io.dhara.serving.inferflow.NodeResult;
import io.dhara.serving.inferflow.NodeRunner;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Scores slates of one request: a call per slate with the main matrix's rows of it, in their order;
 * the first row of the answer is the slate's. A slate that fails marks itself and no other. One
 * whose rows lacked an input is scored with the fallback and marked {@link CellStatus#DEFAULT}.
 */
final class SlateModelRunner implements NodeRunner<ModelNode> {
    private final ModelCalls calls;
    private final int maxCalls;
    private final FeatureMatrix main;
    private final List<int[]> slates;

    /**
     * @param maxCalls most calls of one attempt that are on their way
     * @param main that the models' inputs read; filled already
     * @param slates rows of {@code main}, one list per row of the slate matrix
     */
    SlateModelRunner(ModelCalls calls, int maxCalls, FeatureMatrix main, List<int[]> slates) {
        this.calls = requireNonNull(calls, "calls is null");
        this.maxCalls = maxCalls;
        this.main = requireNonNull(main, "main is null");
        this.slates = List.copyOf(slates);
    }

    @Override
    public CompletionStage<NodeResult> run(ModelNode node, FeatureMatrix matrix, NodeCall call) {
        int[] wanted = ModelNodeRunner.unscored(node, matrix, call.rows());
        int[] inputs = ModelNodeRunner.inputs(node);
        int[] rows = Arrays.stream(wanted).filter(slate -> !lacksScore(inputs, slate)).toArray();
        if (rows.length < wanted.length) {
            call.write(
                    () -> {
                        for (int slate : wanted) {
                            if (lacksScore(inputs, slate)) {
                                ModelNodeRunner.markFailed(node, matrix, slate);
                            }
                        }
                    });
        }
        ModelCalls.Asker asker = new ModelCalls.Asker(call.trackingId(), call.deadline());
        return new BatchRun(
                        rows.length,
                        1,
                        maxCalls,
                        () -> call.gate().isClosed(),
                        (from, to) ->
                                calls.ask(
                                                node,
                                                main,
                                                slates.get(rows[from]),
                                                matrix.columns(),
                                                asker)
                                        .thenAccept(
                                                scored ->
                                                        call.write(
                                                                () ->
                                                                        write(
                                                                                matrix,
                                                                                rows[from],
                                                                                scored))),
                        (from, to) ->
                                call.write(
                                        () -> ModelNodeRunner.markFailed(node, matrix, rows[from])))
                .start()
                .thenApply(
                        result ->
                                ModelNodeRunner.withUnscorable(
                                        result, wanted.length - rows.length));
    }

    private boolean lacksScore(int[] inputs, int slate) {
        for (int row : slates.get(slate)) {
            if (ScoreInputs.lackScore(main, inputs, row)) {
                return true;
            }
        }
        return false;
    }

    private void write(FeatureMatrix matrix, int slate, ModelCalls.Scored scored) {
        CellStatus status = CellStatus.PRESENT;
        for (int i = 0; i < slates.get(slate).length; i++) {
            if (scored.inputs().isIncomplete(i)) {
                status = CellStatus.DEFAULT;
            }
        }
        scored.scores().write(matrix, 0, slate, status);
    }
}
