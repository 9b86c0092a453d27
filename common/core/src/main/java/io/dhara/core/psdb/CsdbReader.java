package io.dhara.core.psdb;

import java.util.Objects;

/**
 * Cursor over the entries of a CSDB value. {@link #wrap} checks the whole value, so what follows
 * cannot fail. Reusable, for one thread, allocates nothing; valid as long as the bytes do not
 * change.
 */
public final class CsdbReader {
    private byte[] source = {};
    private int start;
    private int end;
    private int next;
    private int groupId;
    private int blockOffset;
    private int blockLength;

    /**
     * Takes a value and goes before its first entry.
     *
     * @return this
     * @throws PsdbFormatException if it is empty, of another layout version, or an entry does not
     *     end inside it
     * @throws IndexOutOfBoundsException if offset and length are not inside {@code src}
     */
    public CsdbReader wrap(byte[] src, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, src.length);
        if (length < CsdbFormat.HEADER_LENGTH) {
            throw new PsdbFormatException(0, "CSDB value is empty");
        }
        if (src[offset] != CsdbFormat.LAYOUT_VERSION) {
            throw new PsdbFormatException(
                    0,
                    "CSDB value has layout version "
                            + (src[offset] & 0xFF)
                            + ", this reader knows "
                            + CsdbFormat.LAYOUT_VERSION);
        }
        int at = CsdbFormat.HEADER_LENGTH;
        while (at < length) {
            if (length - at < CsdbFormat.ENTRY_HEADER_LENGTH) {
                throw truncated(at, CsdbFormat.ENTRY_HEADER_LENGTH, length - at);
            }
            int entry = LittleEndian.uint16(src, offset + at + CsdbFormat.LENGTH_OFFSET);
            at += CsdbFormat.ENTRY_HEADER_LENGTH;
            if (length - at < entry) {
                throw truncated(at, entry, length - at);
            }
            at += entry;
        }
        source = src;
        start = offset;
        end = offset + length;
        rewind();
        return this;
    }

    /** Goes before the first entry again. */
    public void rewind() {
        next = start + CsdbFormat.HEADER_LENGTH;
    }

    /** Goes to the next entry; false when there is none. The event times are an entry too. */
    public boolean next() {
        if (next >= end) {
            return false;
        }
        groupId = LittleEndian.uint16(source, next);
        blockLength = LittleEndian.uint16(source, next + CsdbFormat.LENGTH_OFFSET);
        blockOffset = next + CsdbFormat.ENTRY_HEADER_LENGTH;
        next = blockOffset + blockLength;
        return true;
    }

    /** Goes to the entry of this group; false when the value has none. */
    public boolean find(int wantedGroupId) {
        rewind();
        while (next()) {
            if (groupId == wantedGroupId) {
                return true;
            }
        }
        return false;
    }

    public int groupId() {
        return groupId;
    }

    /** Where the block starts in the wrapped array. */
    public int blockOffset() {
        return blockOffset;
    }

    /** Bytes of the block; 0 for a negative entry. */
    public int blockLength() {
        return blockLength;
    }

    /** True when the entry says that the group has no data. */
    public boolean isNegative() {
        return blockLength == 0;
    }

    private static PsdbFormatException truncated(int at, int needed, int left) {
        return new PsdbFormatException(
                at, "CSDB value is truncated: need " + needed + " bytes, have " + left);
    }
}
