package io.dhara.realtime.domain.definition;

import io.dhara.realtime.domain.event.FieldType;
import java.io.Serializable;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An event stream as a definition declares it.
 *
 * @param name table name in {@code select}
 * @param topic Kafka topic
 * @param format of its record values
 * @param schema of Avro: the schema file; of Protobuf: the descriptor file; beside the definition.
 *     Empty for JSON
 * @param message of Protobuf: the full name; else empty
 * @param eventTime field of the event time; empty: the Kafka record's timestamp
 * @param eventTimeUnit of that field
 * @param id field of the event's id, by which groups that read the source count it once; empty:
 *     each event counts
 * @param outOfOrderness how far behind the newest event of its partition an event usually is: the
 *     watermark's delay
 * @param idleAfter a partition without records for so long no longer holds the watermark back
 * @param maxAhead an event further ahead of the clock than this is rejected
 * @param fields in order; nested ones by dotted names
 */
public record SourceSpec(
        String name,
        String topic,
        Format format,
        String schema,
        String message,
        String eventTime,
        TimeUnit eventTimeUnit,
        String id,
        Duration outOfOrderness,
        Duration idleAfter,
        Duration maxAhead,
        Map<String, FieldType> fields)
        implements Serializable {

    /** How record values are written. */
    public enum Format {
        JSON,
        AVRO,
        PROTOBUF
    }

    /** What an event time field holds. */
    public enum TimeUnit {
        S("s"),
        MS("ms"),
        US("us"),
        ISO_8601("iso-8601");

        private final String text;

        TimeUnit(String text) {
            this.text = text;
        }

        /** Its name in a definition. */
        public String text() {
            return text;
        }
    }

    public SourceSpec {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** The same events written as JSON, as they are in files. */
    public SourceSpec asJson() {
        return new SourceSpec(
                name,
                topic,
                Format.JSON,
                "",
                "",
                eventTime,
                eventTimeUnit,
                id,
                outOfOrderness,
                idleAfter,
                maxAhead,
                fields);
    }
}
