package io.dhara.localstack.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A file of events, one a line, plain or gzip; read as often as asked, never held whole. A line
 * that is no event is given with the reason, so that every line is accounted for.
 */
public final class EventInput {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int GZIP_MAGIC = 0x1f8b;

    /** The forms of a line. */
    public enum Format {
        /** {@code userId,itemId,categoryId,behavior,epochSeconds}, without a header. */
        TAOBAO_CSV,
        /**
         * One JSON object a line. A shop event: {@code {"user":, "product":, "category":,
         * "behavior": "view|cart|fav|buy", "time":}}; or a feature message: {@code {"entity":,
         * "key": [..], "groups": {"<group>": {"<feature>": value}}, "time":}}. Time is ISO-8601
         * text or epoch milliseconds.
         */
        JSONL
    }

    /**
     * One line: exactly one of event, message and problem is there.
     *
     * @param number 1-based
     */
    record Line(
            long number,
            @Nullable ShopEvent event,
            @Nullable FeatureMessage message,
            @Nullable String problem) {

        /** Its event time, or the smallest number when it is no event. */
        long eventTimeMs() {
            if (event != null) {
                return event.eventTimeMs();
            }
            return message != null ? message.eventTimeMs() : Long.MIN_VALUE;
        }
    }

    /** Told of each line. */
    @FunctionalInterface
    interface LineConsumer {
        void accept(Line line) throws Exception;
    }

    private final Path file;
    private final Format format;

    public EventInput(Path file, Format format) {
        this.file = file;
        this.format = format;
    }

    /** Reads all lines in order; empty lines count as lines that are no event. */
    void forEach(LineConsumer consumer) throws Exception {
        try (BufferedReader lines = lines(file)) {
            long number = 0;
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                consumer.accept(parse(++number, text));
            }
        }
    }

    /** Of a file, plain or gzip. */
    static BufferedReader lines(Path file) throws IOException {
        return new BufferedReader(new InputStreamReader(open(file), StandardCharsets.UTF_8));
    }

    private static InputStream open(Path file) throws IOException {
        BufferedInputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        in.mark(2);
        int magic = in.read() << 8 | in.read();
        in.reset();
        return magic == GZIP_MAGIC ? new GZIPInputStream(in, 1 << 16) : in;
    }

    private Line parse(long number, String text) {
        try {
            return switch (format) {
                case TAOBAO_CSV -> new Line(number, taobao(text), null, null);
                case JSONL -> json(number, text);
            };
        } catch (IllegalArgumentException
                | ArithmeticException
                | DateTimeException
                | JsonProcessingException e) {
            return new Line(number, null, null, String.valueOf(e.getMessage()));
        }
    }

    private static ShopEvent taobao(String text) {
        String[] fields = text.split(",", -1);
        if (fields.length != 5) {
            throw new IllegalArgumentException("expected 5 fields: got " + fields.length);
        }
        long seconds = Long.parseLong(fields[4].trim());
        return new ShopEvent(
                fields[0].trim(),
                fields[1].trim(),
                fields[2].trim(),
                behavior(fields[3].trim()),
                Math.multiplyExact(seconds, 1000L));
    }

    private static ShopEvent.Behavior behavior(String name) {
        return ShopEvent.Behavior.of(name)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "behavior must be pv (view), cart, fav or buy: got '"
                                                + name
                                                + "'"));
    }

    private static Line json(long number, String text) throws JsonProcessingException {
        JsonNode root = JSON.readTree(text);
        if (!root.isObject()) {
            throw new IllegalArgumentException("not a JSON object");
        }
        long time = time(root.path("time"));
        if (root.has("entity")) {
            return new Line(number, null, message(root, time), null);
        }
        ShopEvent event =
                new ShopEvent(
                        root.path("user").asText(),
                        root.path("product").asText(),
                        root.path("category").asText(),
                        behavior(root.path("behavior").asText()),
                        time);
        return new Line(number, event, null, null);
    }

    private static long time(JsonNode time) {
        if (time.isIntegralNumber()) {
            return time.longValue();
        }
        if (time.isTextual()) {
            return Instant.parse(time.asText()).toEpochMilli();
        }
        throw new IllegalArgumentException(
                "time must be epoch milliseconds or ISO-8601 text: got " + time);
    }

    private static FeatureMessage message(JsonNode root, long time) {
        List<String> key = new ArrayList<>();
        root.path("key").forEach(value -> key.add(value.asText()));
        Map<String, Map<String, Object>> groups = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> group : root.path("groups").properties()) {
            Map<String, Object> features = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> feature : group.getValue().properties()) {
                features.put(feature.getKey(), value(feature.getValue()));
            }
            groups.put(group.getKey(), features);
        }
        if (key.isEmpty() || groups.isEmpty()) {
            throw new IllegalArgumentException("a feature message needs key and groups");
        }
        return new FeatureMessage(root.path("entity").asText(), key, groups, time);
    }

    private static Object value(JsonNode node) {
        if (node.isArray()) {
            List<Object> elements = new ArrayList<>();
            node.forEach(element -> elements.add(value(element)));
            return elements;
        }
        if (node.isIntegralNumber() && node.canConvertToLong()) {
            return node.longValue();
        }
        if (node.isNumber()) {
            return node.doubleValue();
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        if (node.isTextual()) {
            return node.textValue();
        }
        throw new IllegalArgumentException("a feature value cannot be " + node);
    }
}
