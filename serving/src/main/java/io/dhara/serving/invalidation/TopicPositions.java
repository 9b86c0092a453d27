package io.dhara.serving.invalidation;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Places in the invalidation topic: for each partition named, the offset of a record. Text form:
 * {@code 0:15,3:7}.
 *
 * @param offsets partition to offset; not empty
 */
public record TopicPositions(Map<Integer, Long> offsets) {
    public TopicPositions {
        if (offsets.isEmpty()) {
            throw new IllegalArgumentException("positions name no partition");
        }
        offsets = Collections.unmodifiableMap(new TreeMap<>(offsets));
    }

    /**
     * Reads the text form.
     *
     * @param field what the text was given as, for the error
     * @throws IllegalArgumentException naming field and text
     */
    public static TopicPositions parse(String field, String text) {
        Map<Integer, Long> offsets = new TreeMap<>();
        try {
            for (String part : text.split(",", -1)) {
                int colon = part.indexOf(':');
                int partition = Integer.parseInt(part.substring(0, Math.max(colon, 0)).trim());
                long offset = Long.parseLong(part.substring(colon + 1).trim());
                if (partition < 0 || offset < 0) {
                    throw new NumberFormatException(part);
                }
                offsets.merge(partition, offset, Math::max);
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    field
                            + " must be partition:offset pairs such as 0:15,3:7, as trailer"
                            + " dhara-applied-position gives them: got \""
                            + text
                            + "\"",
                    e);
        }
        return new TopicPositions(offsets);
    }

    @Override
    public String toString() {
        return offsets.entrySet().stream()
                .map(entry -> entry.getKey() + ":" + entry.getValue())
                .collect(Collectors.joining(","));
    }
}
