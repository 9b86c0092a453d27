package io.dhara.flink.feature;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/** Features that cannot go into a message as they are. */
public final class FeatureRefusedException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** Why. Codes are stable, and those of feature-ingest where it would refuse for the same. */
    public enum Reason {
        /** Number, emptiness or characters of the key's parts. */
        KEY_MISMATCH,
        /** An event time before 1970. */
        NO_EVENT_TIME,
        /** Another number of values than of features. */
        WRONG_COUNT,
        /** A value of another kind than the group's data type. */
        WRONG_TYPE,
        /** A vector with more or fewer elements than its vector-length. */
        WRONG_VECTOR_LENGTH,
        /** A string with more bytes than its string-length. */
        STRING_TOO_LONG,
        /** NaN or infinity. */
        NOT_A_NUMBER,
        /** A number that the group's data type cannot hold. */
        OUT_OF_RANGE,
        /** A row without any value, and no default known to stand for it. */
        NO_DEFAULT,
        /** A message longer than the topic takes. */
        OVERSIZED_MESSAGE;

        /** Lower case with dashes. */
        public String code() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final Reason reason;

    public FeatureRefusedException(Reason reason, String message) {
        super(message);
        this.reason = requireNonNull(reason, "reason is null");
    }

    public Reason reason() {
        return reason;
    }
}
