package io.dhara.core.psdb;

import io.dhara.core.model.DataType;
import java.util.zip.CRC32C;

/**
 * The header of a block: writes it around a payload that is in place, and reads its fields, each
 * checked on its own. Allocates nothing.
 */
final class BlockHeader {
    private static final DataType[] TYPES = typesById();

    private BlockHeader() {}

    private static DataType[] typesById() {
        DataType[] types = new DataType[DataType.values().length + 1];
        for (DataType type : DataType.values()) {
            types[type.id()] = type;
        }
        return types;
    }

    /**
     * The layout version; the whole header of that layout is there.
     *
     * @param length of the block
     * @throws PsdbFormatException if the block is shorter than its header, or the layout unknown
     */
    static int layout(byte[] src, int start, int length) {
        requireHeader(length, PsdbFormat.HEADER_LENGTH);
        int layout = src[start + PsdbFormat.LAYOUT_OFFSET] >> PsdbFormat.LAYOUT_SHIFT & 0x0F;
        if (layout != PsdbFormat.LAYOUT_1 && layout != PsdbFormat.LAYOUT_2) {
            throw new PsdbFormatException(
                    PsdbFormat.LAYOUT_OFFSET,
                    "block has layout version " + layout + ", this reader knows 1 and 2");
        }
        requireHeader(length, PsdbFormat.headerLength(layout));
        return layout;
    }

    private static void requireHeader(int length, int needed) {
        if (length < needed) {
            throw new PsdbFormatException(
                    length,
                    "block is truncated: need " + needed + " bytes of header, have " + length);
        }
    }

    /**
     * How the payload is compressed.
     *
     * @throws PsdbFormatException if not in a known way
     */
    static int compression(byte[] src, int start) {
        int compression =
                (src[start + PsdbFormat.LAYOUT_OFFSET] & PsdbFormat.COMPRESSION_MASK)
                        >> PsdbFormat.COMPRESSION_SHIFT;
        if (compression > PsdbFormat.COMPRESSION_ZSTD) {
            throw new PsdbFormatException(
                    PsdbFormat.LAYOUT_OFFSET,
                    "block has compression " + compression + ", known are 0 (none) and 1 (zstd)");
        }
        return compression;
    }

    /**
     * The type of all features.
     *
     * @throws PsdbFormatException if it is unknown
     */
    static DataType type(byte[] src, int start) {
        int id =
                (src[start + PsdbFormat.LAYOUT_OFFSET] & PsdbFormat.TYPE_HIGH_MASK)
                                << PsdbFormat.TYPE_LOW_SHIFT
                        | src[start + PsdbFormat.TYPE_OFFSET] >> PsdbFormat.TYPE_LOW_SHIFT & 0x0F;
        if (id == 0 || id >= TYPES.length) {
            throw new PsdbFormatException(
                    PsdbFormat.TYPE_OFFSET, "block has data type id " + id + ", known are 1..30");
        }
        return TYPES[id];
    }

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
