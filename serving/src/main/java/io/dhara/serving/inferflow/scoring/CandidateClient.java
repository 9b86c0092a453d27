package io.dhara.serving.inferflow.scoring;

import io.dhara.proto.v1.GenerateCandidatesRequest;
import io.dhara.proto.v1.GenerateCandidatesResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Speaks to one candidate generator. Thread-safe; does not block. */
interface CandidateClient extends RemoteClient {

    /**
     * Asks for candidates.
     *
     * @return failed with {@link RemoteCallException}. Cancelling it gives the call up
     */
    CompletableFuture<GenerateCandidatesResponse> generate(
            GenerateCandidatesRequest request, Duration left);
}
