package io.dhara.serving.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A path whose segments are words or {@code {names}}. It is split before it is decoded, so that a
 * value may hold {@code %2F}; a value is never empty.
 */
record PathTemplate(List<String> segments) {
    PathTemplate {
        segments = List.copyOf(segments);
    }

    static PathTemplate of(String template) {
        return new PathTemplate(split(template));
    }

    static List<String> split(String path) {
        return List.of(path.split("/", -1));
    }

    /**
     * @param rawSegments of the path asked for, not decoded
     * @return the values by name, or null if the path is another one
     * @throws IllegalArgumentException for an escape that is none
     */
    @Nullable Map<String, String> match(List<String> rawSegments) {
        if (rawSegments.size() != segments.size()) {
            return null;
        }
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < segments.size(); i++) {
            String segment = segments.get(i);
            String raw = rawSegments.get(i);
            if (segment.startsWith("{")) {
                if (raw.isEmpty()) {
                    return null;
                }
                // A plus is a plus in a path, and a space only after the question mark.
                values.put(
                        segment.substring(1, segment.length() - 1),
                        QueryStringDecoder.decodeComponent(raw.replace("+", "%2B"), UTF_8));
            } else if (!segment.equals(raw)) {
                return null;
            }
        }
        return values;
    }
}
