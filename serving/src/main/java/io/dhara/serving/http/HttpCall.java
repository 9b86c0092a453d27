package io.dhara.serving.http;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One request, copied out of the connection.
 *
 * @param path values of the template's {@code {names}}, decoded
 * @param query parameters after the question mark, decoded, in their order
 * @param headers name, whose case does not count, to its first value
 * @param body empty if there is none
 */
public record HttpCall(
        Map<String, String> path,
        Map<String, List<String>> query,
        Map<String, String> headers,
        String body) {
    public HttpCall {
        path = Map.copyOf(path);
        query = Map.copyOf(query);
        TreeMap<String, String> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        byName.putAll(headers);
        headers = byName;
        requireNonNull(body, "body is null");
    }

    /** The value of a {@code {name}} of the route's template. */
    public String variable(String name) {
        return requireNonNull(path.get(name), name + " is not in the template");
    }

    /** The header's first value. */
    public @Nullable String header(String name) {
        return headers.get(name);
    }
}
