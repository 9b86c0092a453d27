package io.dhara.stores.write.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;

/** A history entry as JSON; the time as ISO text. */
public final class HistoryJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private HistoryJson() {}

    public static String write(HistoryEntry entry) {
        return JSON.createObjectNode()
                .put("number", entry.number())
                .put("revision", entry.revision())
                .put("time", entry.time().toString())
                .put("summary", entry.summary())
                .toString();
    }

    /**
     * @param place for the error
     */
    public static HistoryEntry read(String place, String json) {
        try {
            JsonNode node = JSON.readTree(json);
            return new HistoryEntry(
                    node.path("number").asLong(),
                    node.path("revision").asLong(),
                    Instant.parse(node.path("time").asText()),
                    node.path("summary").asText());
        } catch (JsonProcessingException | java.time.DateTimeException e) {
            throw new IllegalStateException(place + " is no history entry: " + json, e);
        }
    }

    /** Sorts as text like the number does. */
    public static String name(long number) {
        return String.format(java.util.Locale.ROOT, "%08d", number);
    }
}
