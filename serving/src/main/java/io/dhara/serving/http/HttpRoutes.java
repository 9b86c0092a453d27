package io.dhara.serving.http;

import static io.netty.handler.codec.http.HttpResponseStatus.INTERNAL_SERVER_ERROR;
import static io.netty.handler.codec.http.HttpResponseStatus.METHOD_NOT_ALLOWED;
import static io.netty.handler.codec.http.HttpResponseStatus.NOT_FOUND;
import static io.netty.handler.codec.http.HttpResponseStatus.SERVICE_UNAVAILABLE;

import io.netty.handler.codec.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The paths that are answered over HTTP/1, by which methods, and by what. Immutable. */
public final class HttpRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(HttpRoutes.class);

    /** Bounds what a stranger may send where no route takes a body. */
    private static final int LEAST_BODY_BYTES = 8 << 10;

    /** Answers a GET of one path. */
    @FunctionalInterface
    public interface Route {
        HttpAnswer answer();
    }

    /**
     * Answers any call of a path. Called on the event loop: must not block. May complete on any
     * thread.
     */
    @FunctionalInterface
    public interface CallRoute {
        CompletionStage<HttpAnswer> answer(HttpCall call);
    }

    /** One method of one path. */
    private record Served(HttpMethod method, PathTemplate path, CallRoute route) {}

    /**
     * What a request found.
     *
     * @param variables of the route's path
     */
    record Found(CallRoute route, Map<String, String> variables) {}

    private final List<Served> served;
    private final int maxBodyBytes;

    private HttpRoutes(List<Served> served, int maxBodyBytes) {
        this.served = List.copyOf(served);
        this.maxBodyBytes = maxBodyBytes;
    }

    public static HttpRoutes none() {
        return new HttpRoutes(List.of(), LEAST_BODY_BYTES);
    }

    /** With a path whose answer takes microseconds: it is given on the event loop. */
    public HttpRoutes withQuick(String path, Route route) {
        return withGet(path, call -> CompletableFuture.completedFuture(route.answer()));
    }

    /** With a path whose answer takes longer: it is given on the executor. */
    public HttpRoutes withSlow(String path, Executor executor, Route route) {
        return withGet(
                path,
                call -> {
                    try {
                        return CompletableFuture.supplyAsync(route::answer, executor);
                    } catch (RejectedExecutionException e) {
                        return CompletableFuture.completedFuture(
                                HttpAnswer.text(SERVICE_UNAVAILABLE, "busy or stopping\n"));
                    }
                });
    }

    /**
     * With GET and HEAD of a path.
     *
     * @param path may have segments such as {@code {user}}
     */
    public HttpRoutes withGet(String path, CallRoute route) {
        return with(new Served(HttpMethod.GET, PathTemplate.of(path), route), maxBodyBytes);
    }

    /**
     * With POST of a path.
     *
     * @param path may have segments such as {@code {user}}
     * @param bodyBytes largest body of it; the largest of all routes holds for every connection
     */
    public HttpRoutes withPost(String path, int bodyBytes, CallRoute route) {
        return with(
                new Served(HttpMethod.POST, PathTemplate.of(path), route),
                Math.max(maxBodyBytes, bodyBytes));
    }

    private HttpRoutes with(Served more, int bodyBytes) {
        List<Served> extended = new ArrayList<>(served);
        extended.add(more);
        return new HttpRoutes(extended, bodyBytes);
    }

    /** Whoever sends more is answered 413. */
    int maxBodyBytes() {
        return maxBodyBytes;
    }

    /**
     * Answers a request, whatever it is.
     *
     * @param rawPath not decoded
     * @param call makes the request from the values of the path
     * @throws IllegalArgumentException for a path with an escape that is none
     */
    CompletionStage<HttpAnswer> answer(
            HttpMethod method, String rawPath, Function<Map<String, String>, HttpCall> call) {
        HttpMethod asked = method.equals(HttpMethod.HEAD) ? HttpMethod.GET : method;
        List<String> segments = PathTemplate.split(rawPath);
        TreeSet<String> allowed = new TreeSet<>();
        for (Served candidate : served) {
            @Nullable Map<String, String> variables = candidate.path.match(segments);
            if (variables != null && candidate.method.equals(asked)) {
                return safely(rawPath, candidate.route, call.apply(variables));
            }
            if (variables != null) {
                allowed.add(candidate.method.name());
            }
        }
        if (allowed.isEmpty()) {
            served.forEach(any -> allowed.add(any.method.name()));
        }
        if (allowed.contains(HttpMethod.GET.name())) {
            allowed.add(HttpMethod.HEAD.name());
        }
        return CompletableFuture.completedFuture(
                allowed.contains(method.name())
                        ? HttpAnswer.text(NOT_FOUND, "nothing at " + rawPath + "\n")
                        : HttpAnswer.text(
                                        METHOD_NOT_ALLOWED,
                                        "only " + String.join(" and ", allowed) + "\n")
                                .with(Map.of("allow", String.join(", ", allowed))));
    }

    /** What a route throws is a bug of ours: logged, and never sent. */
    private static CompletionStage<HttpAnswer> safely(
            String rawPath, CallRoute route, HttpCall call) {
        CompletionStage<HttpAnswer> answer;
        try {
            answer = route.answer(call);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        return answer.exceptionally(
                failure -> {
                    LOG.error("no answer for {}", rawPath, failure);
                    return HttpAnswer.text(INTERNAL_SERVER_ERROR, "see the server's log\n");
                });
    }
}
