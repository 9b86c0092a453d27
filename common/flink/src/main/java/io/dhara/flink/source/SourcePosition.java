package io.dhara.flink.source;

import static java.util.Objects.requireNonNull;

/** Where in Kafka a record stands. Written {@code topic/partition/offset}. */
public record SourcePosition(String topic, int partition, long offset) {
    /** Of a value that came from no Kafka record. */
    public static final SourcePosition NONE = new SourcePosition("", -1, -1);

    public SourcePosition {
        requireNonNull(topic, "topic is null");
    }

    @Override
    public String toString() {
        return topic + "/" + partition + "/" + offset;
    }
}
