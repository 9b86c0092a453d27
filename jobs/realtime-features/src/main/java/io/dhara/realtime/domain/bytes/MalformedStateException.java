package io.dhara.realtime.domain.bytes;

/** State bytes that cannot be what was once written: says where and why. */
public final class MalformedStateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int offset;

    public MalformedStateException(int offset, String reason) {
        super("state bytes malformed at offset " + offset + ": " + reason);
        this.offset = offset;
    }

    /** 0-based byte at which reading stopped. */
    public int offset() {
        return offset;
    }
}
