package io.dhara.serving.inferflow.scoring;

import io.dhara.serving.inferflow.scoring.RemoteCallException.Kind;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Posts JSON and reads what is answered. Thread-safe; does not block. */
final class JsonPost {
    private static final int OK = 200;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERRORS = 500;

    private final HttpClient client;
    private final URI uri;
    private final ScoringSettings settings;

    /**
     * @throws IllegalArgumentException if the address is neither http nor https
     */
    JsonPost(HttpClient client, URI uri, ScoringSettings settings) {
        HttpRequest.newBuilder(uri);
        this.client = client;
        this.uri = uri;
        this.settings = settings;
    }

    /**
     * @return the answer's body; fails with {@link RemoteCallException}. Cancelling it gives the
     *     call up
     */
    CompletableFuture<byte[]> post(byte[] body, Map<String, String> headers, Duration left) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri)
                        .timeout(left)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        settings.headers().forEach(request::header);
        headers.forEach(request::header);
        CompletableFuture<HttpResponse<byte[]>> sent =
                client.sendAsync(
                        request.build(), head -> new BoundedBody(settings.maxAnswerBytes()));
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        // The request's own timeout ends with the head of the answer.
        CompletableFuture<HttpResponse<byte[]>> inTime =
                sent.copy().orTimeout(left.toNanos(), TimeUnit.NANOSECONDS);
        inTime.whenComplete((response, failure) -> sent.cancel(true));
        inTime.whenComplete(
                (response, failure) -> {
                    if (failure != null) {
                        answer.completeExceptionally(failureOf(failure));
                    } else if (response.statusCode() != OK) {
                        answer.completeExceptionally(refusalOf(response.statusCode()));
                    } else {
                        answer.complete(response.body());
                    }
                });
        answer.whenComplete(
                (done, failure) -> {
                    if (answer.isCancelled()) {
                        sent.cancel(true);
                    }
                });
        return answer;
    }

    private RemoteCallException refusalOf(int status) {
        boolean passing = status == TOO_MANY_REQUESTS || status >= SERVER_ERRORS;
        return new RemoteCallException(
                passing ? Kind.UNAVAILABLE : Kind.REFUSED, uri + " answered " + status);
    }

    private RemoteCallException failureOf(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        boolean late = cause instanceof HttpTimeoutException || cause instanceof TimeoutException;
        Kind kind = late ? Kind.LATE : Kind.UNAVAILABLE;
        return new RemoteCallException(kind, uri + ": " + cause);
    }
}
