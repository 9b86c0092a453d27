package io.dhara.serving.inferflow;

import io.dhara.graph.CandidateNode;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Finds the rows of a request that names none. Does not block. Thread-safe. */
public interface CandidateSource {

    /**
     * Asks the node's generator.
     *
     * @param inputs what the caller gave
     * @param call without rows and with a gate that guards nothing yet
     * @return fails with a {@link io.dhara.serving.grpc.ServingException} when there is no answer
     */
    CompletionStage<Candidates> candidates(
            CandidateNode node, List<InputValues> inputs, NodeCall call);
}
