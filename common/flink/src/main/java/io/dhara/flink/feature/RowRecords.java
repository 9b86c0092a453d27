package io.dhara.flink.feature;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dhara.core.model.FeatureRecords;
import io.dhara.flink.feature.FeatureRefusedException.Reason;
import io.dhara.flink.sink.DeadLetters;
import io.dhara.flink.sink.RejectedRecord;
import io.dhara.flink.sink.Rejection;
import io.dhara.flink.source.RawRecord;
import io.dhara.flink.source.RecordHeader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Turns feature rows into Kafka records: a feature message, or, for a row that makes none, a dead
 * letter. Stateless.
 */
final class RowRecords {
    /** {@link DeadLetters#CONTENT} of a row: the value is JSON, there never was a message. */
    static final String CONTENT_ROW = "row";

    /** Of a record that no topic has: the partition and offset of a row. */
    private static final int NOWHERE = -1;

    /** Headers of a message and what Kafka adds, at most. */
    private static final int RECORD_OVERHEAD_BYTES = 512;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String topic;
    private final int schemaVersion;
    private final int maxRecordBytes;
    private final boolean acceptNotANumber;
    private final boolean fillVectors;
    private final DeadLetters letters;

    /**
     * @param schemaVersion for the header, or 0 for none
     * @param maxRecordBytes what the feature topic and its producer take
     */
    RowRecords(
            String topic,
            int schemaVersion,
            int maxRecordBytes,
            boolean acceptNotANumber,
            boolean fillVectors,
            DeadLetters letters) {
        this.topic = topic;
        this.schemaVersion = schemaVersion;
        this.maxRecordBytes = maxRecordBytes;
        this.acceptNotANumber = acceptNotANumber;
        this.fillVectors = fillVectors;
        this.letters = letters;
    }

    /**
     * The row as a feature message. Its event time is in a header and not in the record's
     * timestamp, by which Kafka deletes: old features would be gone before they are read.
     *
     * @throws FeatureRefusedException if the row makes no message
     */
    ProducerRecord<byte[], byte[]> message(GroupShape shape, FeatureRow row) {
        if (row.eventTimeMillis() < 0) {
            throw new FeatureRefusedException(
                    Reason.NO_EVENT_TIME,
                    "event time must be 0 or more epoch milliseconds: got "
                            + row.eventTimeMillis());
        }
        byte[] value =
                new FeatureMessageBuilder(
                                shape.entity(), shape.keyLabels(), row.key(), acceptNotANumber)
                        .add(shape, fillVectors ? filled(shape, row.values()) : row.values())
                        .build()
                        .toByteArray();
        byte[] key = FeatureRecords.key(shape.entity(), row.key());
        long length = (long) key.length + value.length + RECORD_OVERHEAD_BYTES;
        if (length > maxRecordBytes) {
            throw new FeatureRefusedException(
                    Reason.OVERSIZED_MESSAGE,
                    "record must have at most %d bytes (max-record-bytes of the sink and max.message.bytes of %s): got %d"
                            .formatted(maxRecordBytes, topic, length));
        }
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key, value);
        record.headers().add(FeatureRecords.EVENT_TIME_HEADER, decimal(row.eventTimeMillis()));
        if (schemaVersion != 0) {
            record.headers().add(FeatureRecords.SCHEMA_VERSION_HEADER, decimal(schemaVersion));
        }
        return record;
    }

    /** The values, short vectors made as long as they must be by the end of their default. */
    private static List<@Nullable Object> filled(GroupShape shape, List<@Nullable Object> values) {
        List<@Nullable Object> filled = new ArrayList<>(values);
        for (int i = 0; i < Math.min(values.size(), shape.features().size()); i++) {
            GroupShape.Feature feature = shape.features().get(i);
            List<String> defaults = feature.defaultElements();
            if (values.get(i) instanceof List<?> elements
                    && defaults != null
                    && elements.size() < defaults.size()) {
                List<Object> whole = new ArrayList<>(elements);
                whole.addAll(
                        TextValues.vector(
                                shape.type(), defaults.subList(elements.size(), defaults.size())));
                filled.set(i, whole);
            }
        }
        return filled;
    }

    /** The row as JSON, with why it is no message. */
    ProducerRecord<byte[], byte[]> deadLetter(
            GroupShape shape, FeatureRow row, FeatureRefusedException why) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("entity", shape.entity());
        document.put("group", shape.group());
        document.put("key", row.key());
        document.put("event_time_ms", row.eventTimeMillis());
        document.put("features", shape.features().stream().map(GroupShape.Feature::label).toList());
        document.put("values", row.values());
        RawRecord record =
                new RawRecord(
                        topic,
                        NOWHERE,
                        NOWHERE,
                        row.eventTimeMillis(),
                        FeatureRecords.key(shape.entity(), row.key()),
                        json(document),
                        List.of(
                                new RecordHeader(
                                        DeadLetters.CONTENT,
                                        CONTENT_ROW.getBytes(StandardCharsets.UTF_8))));
        Rejection rejection =
                new Rejection(
                        0, shape.group(), why.reason().code(), String.valueOf(why.getMessage()));
        return letters.toRecord(
                new RejectedRecord(record, row.eventTimeMillis(), 1, List.of(rejection)));
    }

    private static byte[] json(Map<String, Object> document) {
        try {
            return JSON.writeValueAsBytes(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a feature row must have a JSON form", e);
        }
    }

    private static byte[] decimal(long number) {
        return Long.toString(number).getBytes(StandardCharsets.UTF_8);
    }
}
