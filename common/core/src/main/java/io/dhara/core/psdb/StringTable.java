package io.dhara.core.psdb;

/**
 * Where each string of a payload starts, from the lengths at its front. Reusable, for one thread;
 * allocates only when a payload has more strings than any before.
 */
final class StringTable {
    /** Start of each string in the payload, then the end of the last. */
    private int[] starts = new int[0];

    /**
     * Reads the lengths of a payload.
     *
     * @return false if they and the strings are not exactly the payload
     */
    boolean read(byte[] payload, int payloadStart, int payloadLength, int count) {
        long lengths = (long) count * PsdbFormat.STRING_LENGTH_BYTES;
        if (payloadLength < lengths) {
            return false;
        }
        if (starts.length <= count) {
            starts = new int[Math.max(count + 1, starts.length * 2)];
        }
        int at = (int) lengths;
        for (int i = 0; i < count; i++) {
            starts[i] = at;
            at += LittleEndian.uint16(payload, payloadStart + i * PsdbFormat.STRING_LENGTH_BYTES);
            if (at > payloadLength) {
                return false;
            }
        }
        starts[count] = at;
        return at == payloadLength;
    }

    /** Start of a string, from the start of the payload. */
    int start(int index) {
        return starts[index];
    }

    /** Bytes of {@code count} strings from this one on. */
    int bytes(int index, int count) {
        return starts[index + count] - starts[index];
    }
}
