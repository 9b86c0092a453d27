package io.dhara.serving.http;

import static java.util.Objects.requireNonNull;

import io.netty.handler.codec.http.HttpResponseStatus;

/** What a {@link HttpRoutes.Route} answers. The body is sent as UTF-8. */
public record HttpAnswer(HttpResponseStatus status, String contentType, String body) {
    public HttpAnswer {
        requireNonNull(status, "status is null");
        requireNonNull(contentType, "contentType is null");
        requireNonNull(body, "body is null");
    }

    public static HttpAnswer json(HttpResponseStatus status, String body) {
        return new HttpAnswer(status, "application/json", body);
    }

    public static HttpAnswer text(HttpResponseStatus status, String body) {
        return new HttpAnswer(status, "text/plain; charset=utf-8", body);
    }
}
