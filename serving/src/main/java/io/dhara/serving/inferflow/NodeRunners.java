package io.dhara.serving.inferflow;

import io.dhara.graph.CandidateNode;
import io.dhara.graph.ExpressionNode;
import io.dhara.graph.FeatureNode;
import io.dhara.graph.GraphNode;
import io.dhara.graph.ModelNode;
import java.util.concurrent.CompletionStage;

/** Who runs which kind of node. */
public record NodeRunners(
        NodeRunner<FeatureNode> features,
        NodeRunner<ModelNode> models,
        NodeRunner<ExpressionNode> expressions,
        CandidateSource candidates) {

    CompletionStage<NodeResult> run(GraphNode node, FeatureMatrix matrix, NodeCall call) {
        if (node instanceof FeatureNode feature) {
            return features.run(feature, matrix, call);
        }
        if (node instanceof ModelNode model) {
            return models.run(model, matrix, call);
        }
        if (node instanceof ExpressionNode expression) {
            return expressions.run(expression, matrix, call);
        }
        CandidateNode candidates = (CandidateNode) node;
        throw new IllegalStateException(
                "node " + candidates.head().name() + " runs before there is a matrix");
    }
}
