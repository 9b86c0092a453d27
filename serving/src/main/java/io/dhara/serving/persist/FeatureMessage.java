package io.dhara.serving.persist;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dhara.core.model.EntitySchema;
import io.dhara.core.model.FeatureRecords;
import io.dhara.proto.persist.Data;
import io.dhara.proto.persist.Query;
import java.util.Arrays;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** The Kafka record of one persist call: the query as it came, keyed by its first row. */
final class FeatureMessage {
    static final String EVENT_TIME_HEADER = FeatureRecords.EVENT_TIME_HEADER;
    static final String SCHEMA_VERSION_HEADER = FeatureRecords.SCHEMA_VERSION_HEADER;
    static final String REQUEST_ID_HEADER = FeatureRecords.REQUEST_ID_HEADER;

    private FeatureMessage() {}

    /**
     * @param eventTimeMillis goes into a header, so that it survives a requeue, and is the record's
     *     own timestamp
     * @param requestId of a caller that waits, or null
     */
    static ProducerRecord<byte[], byte[]> record(
            String topic,
            Query query,
            EntitySchema entity,
            long eventTimeMillis,
            @Nullable String schemaVersion,
            @Nullable String requestId) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(
                        topic, null, eventTimeMillis, key(query, entity), query.toByteArray());
        header(record, EVENT_TIME_HEADER, Long.toString(eventTimeMillis));
        header(record, SCHEMA_VERSION_HEADER, schemaVersion);
        header(record, REQUEST_ID_HEADER, requestId);
        return record;
    }

    private static void header(
            ProducerRecord<byte[], byte[]> record, String name, @Nullable String value) {
        if (value != null) {
            record.headers().add(name, value.getBytes(UTF_8));
        }
    }

    /**
     * Entity and key values of the first row in the entity's key order, so that messages about one
     * key share a partition whatever order their senders name the columns in.
     */
    private static byte[] key(Query query, EntitySchema entity) {
        Data first = query.getData(0);
        String[] values = first.getKeyValuesList().toArray(new String[0]);
        if (values.length == entity.keys().size()) {
            String[] ordered = new String[values.length];
            for (int i = 0; i < values.length; i++) {
                int place = entity.keyIndex(query.getKeysSchema(i));
                if (place < 0 || ordered[place] != null) {
                    ordered = values;
                    break;
                }
                ordered[place] = values[i];
            }
            values = ordered;
        }
        return FeatureRecords.key(entity.label(), Arrays.asList(values));
    }
}
