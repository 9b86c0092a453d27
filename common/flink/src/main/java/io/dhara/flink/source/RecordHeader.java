package io.dhara.flink.source;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * One header of a Kafka record.
 *
 * @param value its bytes, or null; not copied, never changed
 */
public record RecordHeader(String name, byte @Nullable [] value) {
    public RecordHeader {
        requireNonNull(name, "name is null");
    }
}
