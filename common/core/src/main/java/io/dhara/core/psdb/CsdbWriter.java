package io.dhara.core.psdb;

import io.dhara.core.psdb.BlockRefusedException.Reason;
import java.util.Arrays;

/**
 * Builds CSDB values, one after another: {@link #begin}, groups in ascending order of id, {@link
 * #toBytes}. Reusable, for one thread.
 */
public final class CsdbWriter {
    private byte[] value = new byte[1024];
    private int length;
    private int lastGroupId;
    private byte[] times = new byte[16 * EventTimes.PAIR_LENGTH];
    private int timesLength;

    /** Starts an empty value. */
    public CsdbWriter begin() {
        value[0] = CsdbFormat.LAYOUT_VERSION;
        length = CsdbFormat.HEADER_LENGTH;
        timesLength = 0;
        lastGroupId = -1;
        return this;
    }

    /**
     * Adds a group's block as it is.
     *
     * @param groupId above that of the group before, 0..65534
     * @throws BlockRefusedException if the block is longer than 65,535 bytes
     */
    public CsdbWriter add(int groupId, byte[] block, int offset, int blockLength) {
        checkOrder(groupId);
        entry(groupId, block, offset, blockLength);
        return this;
    }

    /** Adds a group's block and its write time. */
    public CsdbWriter add(
            int groupId, byte[] block, int offset, int blockLength, long writeTimeMicros) {
        add(groupId, block, offset, blockLength);
        if (times.length - timesLength < EventTimes.PAIR_LENGTH) {
            times = Arrays.copyOf(times, times.length * 2);
        }
        LittleEndian.put16(times, timesLength, groupId);
        LittleEndian.put64(times, timesLength + EventTimes.ID_LENGTH, writeTimeMicros);
        timesLength += EventTimes.PAIR_LENGTH;
        return this;
    }

    /** Adds a group that is known to have no data. */
    public CsdbWriter addNegative(int groupId) {
        return add(groupId, value, 0, 0);
    }

    /** Adds an open block with its payload decompressed: the form of an in-process cache. */
    public CsdbWriter addUncompressed(int groupId, PsdbBlock block) {
        checkOrder(groupId);
        int blockLength = block.uncompressedLength();
        int at = startEntry(groupId, blockLength);
        block.copyUncompressed(value, at);
        return this;
    }

    /**
     * Ends the value; write times, if any were given, become its last entry.
     *
     * @throws IllegalStateException if no group was added: such a value cannot be read by the peer
     */
    public byte[] toBytes() {
        if (lastGroupId < 0) {
            throw new IllegalStateException("a CSDB value needs at least one group");
        }
        if (timesLength > 0) {
            entry(CsdbFormat.EVENT_TIMES_ID, times, 0, timesLength);
            timesLength = 0;
        }
        return Arrays.copyOf(value, length);
    }

    private void entry(int groupId, byte[] src, int offset, int entryLength) {
        int at = startEntry(groupId, entryLength);
        System.arraycopy(src, offset, value, at, entryLength);
    }

    /** Writes the entry's header and returns where its bytes go. */
    private int startEntry(int groupId, int entryLength) {
        if (entryLength > CsdbFormat.MAX_ENTRY_LENGTH) {
            throw new BlockRefusedException(
                    Reason.BLOCK_TOO_LARGE,
                    "entry of group id "
                            + groupId
                            + " has "
                            + entryLength
                            + " bytes, a CSDB entry holds at most "
                            + CsdbFormat.MAX_ENTRY_LENGTH);
        }
        int needed = length + CsdbFormat.ENTRY_HEADER_LENGTH + entryLength;
        if (value.length < needed) {
            value = Arrays.copyOf(value, Math.max(needed, value.length * 2));
        }
        LittleEndian.put16(value, length, groupId);
        LittleEndian.put16(value, length + CsdbFormat.LENGTH_OFFSET, entryLength);
        int at = length + CsdbFormat.ENTRY_HEADER_LENGTH;
        length = needed;
        return at;
    }

    private void checkOrder(int groupId) {
        if (groupId <= lastGroupId || groupId >= CsdbFormat.EVENT_TIMES_ID) {
            throw new IllegalArgumentException(
                    "group id must be above "
                            + lastGroupId
                            + " and below "
                            + CsdbFormat.EVENT_TIMES_ID
                            + ": got "
                            + groupId);
        }
        lastGroupId = groupId;
    }
}
