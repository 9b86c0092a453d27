package io.dhara.serving.inferflow.scoring;

import io.dhara.serving.inferflow.scoring.RemoteCallException.Kind;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Invocations by HTTP as SageMaker serves them: {@code POST /invocations} with the open inference
 * protocol's JSON. The model's name goes as a parameter and, for endpoints of several models, as
 * the header that SageMaker routes by.
 */
final class HttpModelClient implements ModelClient {
    private static final String PATH = "/invocations";
    private static final String TARGET_MODEL = "X-Amzn-SageMaker-Target-Model";

    private final String endpoint;
    private final JsonPost post;

    /**
     * @param endpoint an http or https URL; one without a path gets {@code /invocations}
     * @throws IllegalArgumentException if it is none
     */
    HttpModelClient(String endpoint, HttpClient client, ScoringSettings settings) {
        this.endpoint = endpoint;
        URI uri = URI.create(endpoint);
        String path = uri.getPath();
        this.post =
                new JsonPost(
                        client,
                        path == null || path.isEmpty() || path.equals("/")
                                ? uri.resolve(PATH)
                                : uri,
                        settings);
    }

    @Override
    public CompletableFuture<List<Tensor>> infer(ModelRequest request, Duration left) {
        CompletableFuture<byte[]> posted =
                post.post(
                        JsonTensors.request(request), Map.of(TARGET_MODEL, request.model()), left);
        CompletableFuture<List<Tensor>> tensors = new CompletableFuture<>();
        posted.whenComplete(
                (body, failure) -> {
                    if (failure != null) {
                        tensors.completeExceptionally(failure);
                        return;
                    }
                    try {
                        tensors.complete(JsonTensors.tensors(body));
                    } catch (IllegalArgumentException e) {
                        tensors.completeExceptionally(
                                new RemoteCallException(
                                        Kind.WRONG_ANSWER, endpoint + ": " + e.getMessage()));
                    }
                });
        tensors.whenComplete(
                (done, failure) -> {
                    if (tensors.isCancelled()) {
                        posted.cancel(false);
                    }
                });
        return tensors;
    }

    /** Calls on their way end by their deadline; the client is shared. */
    @Override
    public void close() {}

    @Override
    public String toString() {
        return endpoint;
    }
}
