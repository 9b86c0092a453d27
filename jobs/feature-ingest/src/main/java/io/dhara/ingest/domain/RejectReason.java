package io.dhara.ingest.domain;

import java.util.Locale;

/** Why a row of a feature message, or all of it, was rejected. Codes are stable. */
public enum RejectReason {
    /** No value, or bytes that are no {@code persist.Query}. */
    UNPARSABLE,
    /** Longer than {@code ingest.max-message-bytes}. */
    OVERSIZED_MESSAGE,
    /** No rows or no feature groups. */
    EMPTY_MESSAGE,
    /** More rows x groups than {@code ingest.max-units-per-message}. */
    TOO_MANY_ROWS,
    /** A {@code dhara-} header that cannot be read. */
    BAD_HEADER,
    /** Neither a Kafka timestamp nor an event-time header, or one before 1970. */
    NO_EVENT_TIME,
    /** Further ahead of the clock than {@code ingest.max-future}. */
    FUTURE_EVENT_TIME,
    /** The registry has no such entity. */
    UNKNOWN_ENTITY(true),
    /** The entity has no such feature group. */
    UNKNOWN_GROUP(true),
    /** The group has no such schema version. */
    UNKNOWN_VERSION(true),
    /** The version has no such feature. */
    UNKNOWN_FEATURE(true),
    /** A group is named twice in one message. */
    DUPLICATE_GROUP,
    /** A feature is named twice in one group. */
    DUPLICATE_FEATURE,
    /** Names, number or emptiness of the key columns. */
    KEY_MISMATCH(true),
    /** A row without values for this group. */
    MISSING_VALUES,
    /** Values in another list than the group's type takes. */
    WRONG_TYPE,
    /** Another number of values than of features named. */
    WRONG_COUNT,
    /** A vector with more or fewer elements than its vector-length. */
    WRONG_VECTOR_LENGTH,
    /** A string with more bytes than its string-length. */
    STRING_TOO_LONG,
    /** NaN or infinity where {@code ingest.not-a-number} rejects them. */
    NOT_A_NUMBER,
    /** A number that the group's type cannot hold. */
    OUT_OF_RANGE,
    /** A feature that was not sent and has no usable default. */
    NO_DEFAULT,
    /** An expiry that a block header cannot hold. */
    EXPIRY_OUT_OF_RANGE,
    /** A block over 65,535 bytes, or over the capacity of the group's segments. */
    BLOCK_TOO_LARGE,
    /** A group whose schema allows no block at all. */
    UNSUPPORTED_SCHEMA,
    /** The store will never take the write. */
    STORE_REFUSED,
    /** A defect of this program; the log has the id that the detail names. */
    INTERNAL_ERROR;

    private final boolean mayBeAhead;

    RejectReason() {
        this(false);
    }

    RejectReason(boolean mayBeAhead) {
        this.mayBeAhead = mayBeAhead;
    }

    /** Code in dead letters, metrics and invalidations: lower case with dashes. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether the message may be right and the schemas at hand old. */
    boolean mayBeAhead() {
        return mayBeAhead;
    }
}
