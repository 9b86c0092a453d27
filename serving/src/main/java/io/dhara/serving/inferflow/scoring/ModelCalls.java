package io.dhara.serving.inferflow.scoring;

import io.dhara.graph.ModelNode;
import io.dhara.graph.PlanColumn;
import io.dhara.serving.inferflow.FeatureMatrix;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Asks a node's model about rows of a matrix. Thread-safe; does not block. */
final class ModelCalls {
    private final ModelServers servers;
    private final TrafficSplit split;
    private final Shadows shadows;
    private final ScoringMeters meters;

    ModelCalls(Shadows.Parts parts, Shadows shadows) {
        this.servers = parts.servers();
        this.split = parts.split();
        this.shadows = shadows;
        this.meters = parts.meters();
    }

    /**
     * Scores and what they were computed from.
     *
     * @param inputs as they were encoded: tells the rows that lacked values
     */
    record Scored(ScoreTensors scores, TensorEncoder inputs) {}

    /**
     * One batch.
     *
     * @param source that the inputs read
     * @param rows of it
     * @param columns of the matrix that the scores go into
     * @return completed on a thread of a client; failed with {@link RemoteCallException}
     * @throws IllegalArgumentException if the columns do not fit the inputs' shapes
     */
    CompletableFuture<Scored> ask(
            ModelNode node,
            FeatureMatrix source,
            int[] rows,
            List<PlanColumn> columns,
            Asker asker) {
        TensorEncoder encoder = new TensorEncoder(source, rows);
        List<Tensor> inputs = new ArrayList<>(node.inputs().size());
        for (ModelNode.Input input : node.inputs()) {
            inputs.add(encoder.encode(input));
        }
        ModelRequest request =
                new ModelRequest(
                        "",
                        "",
                        asker.trackingId,
                        node.calibration(),
                        inputs,
                        node.outputs().stream().map(ModelNode.Output::name).toList());
        long started = System.nanoTime();
        CompletableFuture<Scored> scored =
                servers.infer(
                                node.protocol(),
                                split.target(node, asker.trackingId),
                                request,
                                asker.deadline)
                        .thenApply(
                                answer ->
                                        new Scored(
                                                ScoreTensors.of(node, columns, rows.length, answer),
                                                encoder));
        shadows.ask(node, columns, asker.trackingId, rows.length, request);
        return scored.whenComplete(
                (done, failure) ->
                        meters.batch(
                                System.nanoTime() - started, RemoteCallException.causeOf(failure)));
    }

    /**
     * Who asks.
     *
     * @param trackingId or empty
     * @param deadline by the serving clock
     */
    record Asker(String trackingId, Instant deadline) {}
}
