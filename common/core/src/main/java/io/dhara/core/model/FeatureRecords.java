package io.dhara.core.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.List;

/** What a Kafka record of a feature message carries beside the message. Stateless. */
public final class FeatureRecords {
    /** Topic that feature-ingest reads and producers write unless told otherwise. */
    public static final String TOPIC = "online-feature-store.feature_ingestion";

    /** Header: event time, decimal epoch milliseconds; the record's own timestamp if absent. */
    public static final String EVENT_TIME_HEADER = "dhara-event-time-ms";

    /** Header: a version for all groups, or {@code group=version} pairs; active if absent. */
    public static final String SCHEMA_VERSION_HEADER = "dhara-schema-version";

    /** Header: id under which a sender waits for the write. */
    public static final String REQUEST_ID_HEADER = "dhara-request-id";

    private static final int AFTER_ENTITY = 0x00;
    private static final int BETWEEN_VALUES = 0x1f;

    private FeatureRecords() {}

    /**
     * The record key, the same from every producer, so that messages about one entity key share a
     * partition.
     *
     * @param keyValues in the entity's key order
     */
    public static byte[] key(String entity, List<String> keyValues) {
        ByteArrayOutputStream key = new ByteArrayOutputStream();
        key.writeBytes(entity.getBytes(UTF_8));
        key.write(AFTER_ENTITY);
        for (int i = 0; i < keyValues.size(); i++) {
            if (i > 0) {
                key.write(BETWEEN_VALUES);
            }
            key.writeBytes(keyValues.get(i).getBytes(UTF_8));
        }
        return key.toByteArray();
    }
}
