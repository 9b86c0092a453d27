package io.dhara.core.psdb;

import java.util.zip.CRC32C;

/** Writes the header of a block whose payload is in place, and computes its checksum. */
final class BlockHeader {
    private BlockHeader() {}

    /** The nine bytes every layout starts with. */
    static void write(
            byte[] dst,
            int start,
            int schemaVersion,
            long expiryEpochSeconds,
            int layoutByte,
            int typeByte) {
        LittleEndian.put16(dst, start + PsdbFormat.SCHEMA_VERSION_OFFSET, schemaVersion);
        Expiry.write(dst, start + PsdbFormat.EXPIRY_OFFSET, expiryEpochSeconds);
        dst[start + PsdbFormat.LAYOUT_OFFSET] = (byte) layoutByte;
        dst[start + PsdbFormat.TYPE_OFFSET] = (byte) typeByte;
    }

    /** Event time and checksum, after the nine bytes and the payload are written. */
    static void writeLayout2(
            byte[] dst, int start, long eventTimeMicros, int payloadLength, CRC32C checksum) {
        LittleEndian.put64(dst, start + PsdbFormat.EVENT_TIME_OFFSET, eventTimeMicros);
        LittleEndian.put32(
                dst,
                start + PsdbFormat.CHECKSUM_OFFSET,
                checksum(dst, start, payloadLength, checksum));
    }

    /** CRC32C over header, event time and payload of a layout 2 block. */
    static int checksum(byte[] src, int start, int payloadLength, CRC32C checksum) {
        checksum.reset();
        checksum.update(src, start, PsdbFormat.CHECKSUM_OFFSET);
        checksum.update(src, start + PsdbFormat.LAYOUT_2_HEADER_LENGTH, payloadLength);
        return (int) checksum.getValue();
    }
}
