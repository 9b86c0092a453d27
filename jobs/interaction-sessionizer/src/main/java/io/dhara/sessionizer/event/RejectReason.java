package io.dhara.sessionizer.event;

import java.util.Locale;

/** Why an event, or all of a record, was rejected. Codes are stable. */
public enum RejectReason {
    /** A record without a value, as a compacted topic's tombstone. */
    NO_VALUE,
    /** Longer than {@code interactions.max-record-bytes}. */
    OVERSIZED_RECORD,
    /** Neither the JSON nor the protobuf of its source's format. */
    UNPARSABLE,
    /** Well-formed, but a field holds something else than its kind. */
    BAD_FIELD,
    /** An order without order details. */
    NO_DETAILS,
    /** More order details than {@code interactions.max-details-per-order}. */
    TOO_MANY_DETAILS,
    /** Says of nobody whose it is: no user id and no anonymous one, or one that counts as none. */
    NO_USER,
    /** A user id that is too long or no Unicode text. */
    BAD_USER,
    /** A type that {@code interactions.types} does not have. */
    UNKNOWN_TYPE,
    /** No event time, and no Kafka timestamp to take its place. */
    NO_EVENT_TIME,
    /** Event time before the oldest week that is kept. */
    TOO_OLD,
    /** Event time further ahead of the clock than any clock should be. */
    IN_FUTURE,
    /** Neither a product nor a catalogue, of a type that is stored. */
    NO_PRODUCT,
    /** An id or a text that the blocks of its type cannot hold. */
    EXCEEDS_LAYOUT,
    /** A defect of this program; the log has the id that the detail names. */
    INTERNAL_ERROR;

    /** Code in dead letters and metrics: lower case with dashes. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
