package io.dhara.serving.inferflow;

/** What a cell of a matrix is. The numbers are those of {@code dhara.v1.CellStatus}. */
public enum CellStatus {
    /** Not filled: its node has not run, or did not get that far. */
    EMPTY(0),
    /** Read from the store and fresh, given by the caller, or computed. */
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
    CORRUPT(6),
    /** A part of the key is not there, so the store was not asked. */
    NO_KEY(7),
    /** The node that makes the column failed or came too late. */
    NODE_FAILED(8),
    /** The node's condition was false for this row. */
    SKIPPED(9);

    private static final CellStatus[] BY_CODE = values();

    private final byte code;

    CellStatus(int code) {
        this.code = (byte) code;
    }

    public byte code() {
        return code;
    }

    static CellStatus ofCode(byte code) {
        return BY_CODE[code];
    }
}
