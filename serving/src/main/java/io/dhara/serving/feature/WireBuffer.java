package io.dhara.serving.feature;

import io.dhara.serving.grpc.ServingException;
import io.dhara.serving.grpc.ServingException.Kind;
import java.util.Arrays;

/** A growing byte array with a limit. Not thread-safe. */
final class WireBuffer {
    private static final int FIRST_BYTES = 8 * 1024;
    private static final int KEPT_BYTES = 1024 * 1024;

    private byte[] bytes = new byte[FIRST_BYTES];
    private int length;
    private int limit;

    /**
     * Empties it, giving memory back after an unusually large answer.
     *
     * @param newLimit most bytes it may hold
     */
    void reset(int newLimit) {
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[FIRST_BYTES];
        }
        length = 0;
        limit = newLimit;
    }

    /** The bytes written so far are {@code [0, length())}; replaced when it grows. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** Forgets what was written after this length. */
    void cutTo(int shorter) {
        length = shorter;
    }

    /**
     * Makes room and counts it as written.
     *
     * @return where the room begins in {@link #bytes()}
     * @throws ServingException beyond the limit
     */
    int claim(int count) {
        if (count > limit - length) {
            throw tooLarge(limit);
        }
        if (count > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, (int) Math.max(length + (long) count, grown()));
        }
        int at = length;
        length += count;
        return at;
    }

    static ServingException tooLarge(int limit) {
        return new ServingException(
                Kind.EXHAUSTED,
                "the answer is larger than "
                        + limit
                        + " bytes (max-response-size): ask for fewer keys or features");
    }

    private long grown() {
        return Math.min(limit, bytes.length * 2L);
    }

    void put(byte value) {
        int at = claim(1);
        bytes[at] = value;
    }

    void put(byte[] source) {
        int at = claim(source.length);
        System.arraycopy(source, 0, bytes, at, source.length);
    }

    /** Unsigned protobuf varint. */
    void putVarint(int value) {
        int left = value;
        while ((left & ~0x7F) != 0) {
            put((byte) (left & 0x7F | 0x80));
            left >>>= 7;
        }
        put((byte) left);
    }

    void putInt32(int value) {
        int at = claim(Integer.BYTES);
        bytes[at] = (byte) value;
        bytes[at + 1] = (byte) (value >> 8);
        bytes[at + 2] = (byte) (value >> 16);
        bytes[at + 3] = (byte) (value >> 24);
    }
}
