package io.dhara.serving.inferflow.scoring;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.dhara.proto.v1.GenerateCandidatesRequest;
import io.dhara.proto.v1.GenerateCandidatesResponse;
import io.dhara.serving.inferflow.scoring.RemoteCallException.Kind;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A candidate generator over HTTP: the JSON of the messages, posted. */
final class HttpCandidateClient implements CandidateClient {
    private final String endpoint;
    private final JsonPost post;

    /**
     * @param endpoint an http or https URL
     * @throws IllegalArgumentException if it is none
     */
    HttpCandidateClient(String endpoint, HttpClient client, ScoringSettings settings) {
        this.endpoint = endpoint;
        this.post = new JsonPost(client, URI.create(endpoint), settings);
    }

    @Override
    public CompletableFuture<GenerateCandidatesResponse> generate(
            GenerateCandidatesRequest request, Duration left) {
        byte[] body;
        try {
            body =
                    JsonFormat.printer()
                            .omittingInsignificantWhitespace()
                            .print(request)
                            .getBytes(UTF_8);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a request cannot be printed", e);
        }
        CompletableFuture<byte[]> posted = post.post(body, Map.of(), left);
        CompletableFuture<GenerateCandidatesResponse> answer = new CompletableFuture<>();
        posted.whenComplete(
                (bytes, failure) -> {
                    if (failure != null) {
                        answer.completeExceptionally(failure);
                    } else {
                        complete(answer, bytes);
                    }
                });
        answer.whenComplete(
                (done, failure) -> {
                    if (answer.isCancelled()) {
                        posted.cancel(false);
                    }
                });
        return answer;
    }

    private void complete(CompletableFuture<GenerateCandidatesResponse> answer, byte[] bytes) {
        GenerateCandidatesResponse.Builder response = GenerateCandidatesResponse.newBuilder();
        try {
            JsonFormat.parser().ignoringUnknownFields().merge(new String(bytes, UTF_8), response);
        } catch (InvalidProtocolBufferException e) {
            answer.completeExceptionally(
                    new RemoteCallException(Kind.WRONG_ANSWER, endpoint + ": " + e.getMessage()));
            return;
        }
        answer.complete(response.build());
    }

    /** Calls on their way end by their deadline; the client is shared. */
    @Override
    public void close() {}
}
