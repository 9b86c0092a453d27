package io.dhara.serving.feature;

/** What an answered value is. The numbers are those of {@code dhara.v1.FeatureStatus}. */
enum ValueStatus {
    /** Read from the store and fresh. */
    PRESENT(1),
    /** The group is stored and fresh, but its schema version lacks the feature. */
    DEFAULT(2),
    /** Stored but past its expiry. */
    EXPIRED(3),
    /** Nothing is stored. */
    MISSING(4),
    /** The store failed or was late. */
    STORE_ERROR(5),
    /** Something is stored that does not decode. */
    CORRUPT(6);

    private final byte code;

    ValueStatus(int code) {
        this.code = (byte) code;
    }

    byte code() {
        return code;
    }
}
