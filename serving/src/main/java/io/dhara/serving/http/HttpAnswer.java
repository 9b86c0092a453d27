package io.dhara.serving.http;

import static java.util.Objects.requireNonNull;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;

/**
 * What a route answers. The body is sent as UTF-8.
 *
 * @param headers beyond content type and length
 */
public record HttpAnswer(
        HttpResponseStatus status, String contentType, String body, Map<String, String> headers) {
    public HttpAnswer {
        requireNonNull(status, "status is null");
        requireNonNull(contentType, "contentType is null");
        requireNonNull(body, "body is null");
        headers = Map.copyOf(headers);
    }

    public HttpAnswer(HttpResponseStatus status, String contentType, String body) {
        this(status, contentType, body, Map.of());
    }

    public static HttpAnswer json(HttpResponseStatus status, String body) {
        return new HttpAnswer(status, "application/json", body);
    }

    public static HttpAnswer text(HttpResponseStatus status, String body) {
        return new HttpAnswer(status, "text/plain; charset=utf-8", body);
    }

    /** The same with these headers. */
    public HttpAnswer with(Map<String, String> more) {
        return new HttpAnswer(status, contentType, body, more);
    }
}
