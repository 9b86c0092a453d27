package io.dhara.realtime.source;

import java.util.Locale;

/** Why a record is no event. The codes are stable: metrics and dead letters carry them. */
enum RejectReason {
    /** A tombstone, or no bytes. */
    NO_VALUE,
    /** Longer than records may be. */
    OVERSIZED_RECORD,
    /** The bytes are not of the source's format. */
    MALFORMED,
    /** A field is there, but its value is not of the declared type. */
    BAD_FIELD,
    /** Neither the field of the event time has a value nor the Kafka record a timestamp. */
    NO_EVENT_TIME,
    /** The field of the event time has a value that is no time since 1970. */
    BAD_EVENT_TIME,
    /** Further ahead of the clock than the source's {@code max-ahead}. */
    FUTURE_EVENT_TIME,
    /** A defect of this program; the detail has an id to find it in the log. */
    INTERNAL_ERROR;

    /** Lower case with dashes. */
    String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
