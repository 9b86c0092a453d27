package io.dhara.core.psdb;

/**
 * Bytes are not what the format says. Thrown by every decoder of this package for any malformed
 * input, and nothing else is.
 */
public final class PsdbFormatException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final int offset;
    private final String reason;

    /**
     * @param offset where in the block (or CSDB value), in bytes from its start
     * @param reason what is wrong there, with the value seen and the value allowed
     */
    public PsdbFormatException(int offset, String reason) {
        super(reason + " (at offset " + offset + ")");
        this.offset = offset;
        this.reason = reason;
    }

    /** Bytes from the start of the block or value. */
    public int offset() {
        return offset;
    }

    public String reason() {
        return reason;
    }
}
