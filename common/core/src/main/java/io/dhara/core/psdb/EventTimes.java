package io.dhara.core.psdb;

/**
 * The entry under group id 65535 of a Redis value: for each group a uint16 id and the int64 write
 * time in microseconds, little-endian. BharatMLStack's readers skip it by its length.
 */
public final class EventTimes {
    /** Result of {@link #find} for a group without a time. */
    public static final long UNKNOWN = 0;

    static final int ID_LENGTH = 2;
    static final int PAIR_LENGTH = ID_LENGTH + 8;

    private EventTimes() {}

    /**
     * Write time of a group.
     *
     * @param value a whole CSDB value, already wrapped; its position moves
     * @return epoch microseconds, or {@link #UNKNOWN} when the value or the group has none
     * @throws PsdbFormatException if the entry is not a sequence of pairs
     */
    public static long find(CsdbReader value, byte[] src, int groupId) {
        return value.find(CsdbFormat.EVENT_TIMES_ID)
                ? find(src, value.blockOffset(), value.blockLength(), groupId)
                : UNKNOWN;
    }

    /** The same in the entry itself; errors give the offset from its start. */
    public static long find(byte[] src, int offset, int length, int groupId) {
        if (length % PAIR_LENGTH != 0) {
            throw new PsdbFormatException(
                    0, "event times have " + length + " bytes, not a multiple of " + PAIR_LENGTH);
        }
        for (int at = offset; at < offset + length; at += PAIR_LENGTH) {
            if (LittleEndian.uint16(src, at) == groupId) {
                return LittleEndian.int64(src, at + ID_LENGTH);
            }
        }
        return UNKNOWN;
    }
}
