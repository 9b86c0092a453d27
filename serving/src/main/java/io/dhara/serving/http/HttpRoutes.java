package io.dhara.serving.http;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The paths that are answered over HTTP/1 and by what. Immutable. */
public final class HttpRoutes {

    /** Answers a GET of one path. */
    @FunctionalInterface
    public interface Route {
        HttpAnswer answer();
    }

    /** A route and the threads it runs on. */
    record Served(Route route, Executor executor) {}

    private final Map<String, Served> byPath;

    private HttpRoutes(Map<String, Served> byPath) {
        this.byPath = byPath;
    }

    public static HttpRoutes none() {
        return new HttpRoutes(Map.of());
    }

    /** With a path whose answer takes microseconds: it is given on the event loop. */
    public HttpRoutes withQuick(String path, Route route) {
        return with(path, new Served(route, Runnable::run));
    }

    /** With a path whose answer takes longer: it is given on the executor. */
    public HttpRoutes withSlow(String path, Executor executor, Route route) {
        return with(path, new Served(route, executor));
    }

    private HttpRoutes with(String path, Served served) {
        Map<String, Served> extended = new TreeMap<>(byPath);
        extended.put(path, served);
        return new HttpRoutes(extended);
    }

    @Nullable Served at(String path) {
        return byPath.get(path);
    }
}
