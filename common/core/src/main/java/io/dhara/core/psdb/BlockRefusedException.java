package io.dhara.core.psdb;

/**
 * Values that must not become a block: writing them would lose or corrupt data. The text names
 * feature, value and limit; {@link #reason()} is for counting and routing.
 */
public final class BlockRefusedException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Why a block was refused. */
    public enum Reason {
        /** A sequence the schema version does not have. */
        UNKNOWN_SEQUENCE,
        /** A value of a kind the group's type does not take. */
        WRONG_TYPE,
        /** A string longer in UTF-8 than the feature's string-length. */
        STRING_TOO_LONG,
        /** A vector with more or fewer elements than the feature's vector-length. */
        WRONG_VECTOR_LENGTH,
        /** A feature that was not given and has no usable default. */
        NO_DEFAULT,
        /** An expiry before, at, or more than 513 days after the event time. */
        EXPIRY_OUT_OF_RANGE,
        /** A block longer than 65,535 bytes, or than its group's segments. */
        BLOCK_TOO_LARGE,
        /** A group, layout or version for which no block can be written. */
        UNSUPPORTED
    }

    private final Reason reason;

    public BlockRefusedException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
