package io.dhara.serving.inferflow.scoring;

import static java.util.Objects.requireNonNull;

import io.dhara.graph.GraphPlan;
import io.dhara.graph.GraphRegistry;
import io.dhara.graph.PlanColumn;
import io.dhara.serving.grpc.CallerContext;
import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.inferflow.FeatureMatrix;
import io.dhara.serving.inferflow.GraphExecutor;
import java.util.List;

/** What both of BharatMLStack's services need of graphs. */
final class ScoringModels {
    private final GraphRegistry graphs;
    private final GraphExecutor executor;

    ScoringModels(GraphRegistry graphs, GraphExecutor executor) {
        this.graphs = requireNonNull(graphs, "graphs is null");
        this.executor = requireNonNull(executor, "executor is null");
    }

    GraphExecutor executor() {
        return executor;
    }

    /**
     * The plan in force.
     *
     * @throws ServingException INVALID for a model without one, as the peer answers
     */
    GraphPlan plan(String model) {
        GraphPlan plan = graphs.plan(model);
        if (plan != null) {
            return plan;
        }
        String problem = graphs.problems().get(model);
        throw new ServingException(
                ServingException.Kind.INVALID,
                "model_config_id: model %s %s"
                        .formatted(
                                model, problem == null ? "not found" : "is refused: " + problem));
    }

    static boolean isInput(List<PlanColumn> columns, String name) {
        for (PlanColumn column : columns) {
            if (column.kind() == PlanColumn.Kind.INPUT && column.name().equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** Adds the trailer that says what failed; call it before the answer is completed. */
    static void tellDegraded(FeatureMatrix matrix, CallerContext caller) {
        String degraded = AnswerCells.degraded(matrix);
        if (!degraded.isEmpty()) {
            caller.trailers().put(AnswerCells.TRAILER, degraded);
        }
    }
}
