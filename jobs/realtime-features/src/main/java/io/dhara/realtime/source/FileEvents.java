package io.dhara.realtime.source;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.Instant;
import java.util.List;

/**
 * Events from before a source's topic: one JSON object a line, whatever the topic's format.
 *
 * @param paths files and folders of them, of any file system Flink knows; names that end in {@code
 *     .gz} and the like are unpacked. Read in the order of their names, which should be that of
 *     their times
 * @param until the seam: events before it are taken from the files alone, the others from the topic
 *     alone, by their event times. So nothing counts twice where both have it
 */
public record FileEvents(List<String> paths, Instant until) implements Serializable {
    public FileEvents {
        paths = List.copyOf(paths);
        requireNonNull(until, "until is null");
        if (paths.isEmpty()) {
            throw new IllegalArgumentException("paths must not be empty");
        }
    }
}
