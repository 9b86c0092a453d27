package io.dhara.serving.inferflow.scoring;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Speaks to one model server. Thread-safe; does not block. */
interface ModelClient extends RemoteClient {

    /**
     * Asks a model.
     *
     * @param left after which the answer is useless; the call is then given up
     * @return the tensors answered, in the server's order; completed on a thread of the client's,
     *     or failed with {@link RemoteCallException}. Cancelling it gives the call up
     */
    CompletableFuture<List<Tensor>> infer(ModelRequest request, Duration left);
}
