package io.dhara.ingest.domain;

import io.dhara.core.model.FeatureRecords;
import io.dhara.flink.source.RawRecord;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the headers of a feature message say.
 *
 * @param eventMillis epoch milliseconds
 * @param requestId of a sender that waits, or null
 * @param versionOfAll schema version of every group that {@code versions} does not name, or null
 *     for the active one
 * @param versions schema version by group label
 */
record MessageHeaders(
        long eventMillis,
        @Nullable String requestId,
        @Nullable Integer versionOfAll,
        Map<String, Integer> versions) {

    static final String EVENT_TIME = FeatureRecords.EVENT_TIME_HEADER;
    static final String SCHEMA_VERSION = FeatureRecords.SCHEMA_VERSION_HEADER;
    static final String REQUEST_ID = FeatureRecords.REQUEST_ID_HEADER;
    private static final int MAX_REQUEST_ID_CHARS = 256;
    private static final int MAX_VERSION = 65_535;

    static MessageHeaders of(RawRecord record) {
        Map<String, Integer> versions = new HashMap<>();
        Integer versionOfAll = readVersions(record.headerText(SCHEMA_VERSION), versions);
        String requestId = requestId(record);
        if (requestId != null && requestId.length() > MAX_REQUEST_ID_CHARS) {
            throw bad(REQUEST_ID, "has " + requestId.length() + " characters, at most 256");
        }
        return new MessageHeaders(eventMillis(record), requestId, versionOfAll, versions);
    }

    /** The sender's request id, whether or not the rest can be read; null if it does not wait. */
    static @Nullable String requestId(RawRecord record) {
        String id = record.headerText(REQUEST_ID);
        return id == null || id.isEmpty() ? null : id;
    }

    /** The schema version asked for this group, or null for the active one. */
    @Nullable Integer versionOf(String group) {
        Integer version = versions.get(group);
        return version == null ? versionOfAll : version;
    }

    private static long eventMillis(RawRecord record) {
        String text = record.headerText(EVENT_TIME);
        long millis = record.timestampMillis();
        if (text != null) {
            try {
                millis = Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw bad(EVENT_TIME, "must be epoch milliseconds in decimal: got " + cut(text));
            }
        }
        if (millis < 0) {
            throw new RejectedException(
                    RejectReason.NO_EVENT_TIME,
                    "event time must be 0 or more epoch milliseconds: got "
                            + millis
                            + (text == null ? " (Kafka timestamp)" : " (" + EVENT_TIME + ")"));
        }
        return millis;
    }

    private static @Nullable Integer readVersions(
            @Nullable String text, Map<String, Integer> versions) {
        if (text == null) {
            return null;
        }
        if (text.indexOf('=') < 0) {
            return version(text, text);
        }
        for (String pair : text.split(",", -1)) {
            int equals = pair.lastIndexOf('=');
            String group = equals < 0 ? "" : pair.substring(0, equals).trim();
            if (group.isEmpty()
                    || versions.put(group, version(pair.substring(equals + 1), text)) != null) {
                throw badVersion(text);
            }
        }
        return null;
    }

    private static Integer version(String number, String text) {
        try {
            int version = Integer.parseInt(number.trim());
            if (version >= 1 && version <= MAX_VERSION) {
                return version;
            }
        } catch (NumberFormatException e) {
            throw badVersion(text);
        }
        throw badVersion(text);
    }

    private static RejectedException badVersion(String text) {
        return bad(
                SCHEMA_VERSION,
                "must be a version 1..65535 or group=version pairs with commas: got " + cut(text));
    }

    private static RejectedException bad(String header, String problem) {
        return new RejectedException(RejectReason.BAD_HEADER, "header " + header + " " + problem);
    }

    private static String cut(String text) {
        return text.length() <= 64 ? text : text.substring(0, 64) + "...";
    }
}
