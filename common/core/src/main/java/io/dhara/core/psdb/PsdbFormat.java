package io.dhara.core.psdb;

/**
 * The bytes of a PSDB block. The whole description with worked examples: {@code
 * docs/formats/psdb.md}.
 *
 * <pre>
 *  0       2                   7        8        9
 * +-------+-------------------+--------+--------+----------- - -
 * | schema| expiry            |LLLLCCCT|TTTTbbbb| payload          layout 1
 * +-------+-------------------+--------+--------+----------- - -
 *  uint16  5 bytes, see Expiry
 *
 *  9                               17              21
 * +-------------------------------+---------------+----------- - -
 * | event time, int64 micros      | CRC32C, uint32| payload          layout 2, after the same 9
 * +-------------------------------+---------------+----------- - -
 *
 * LLLL layout version, CCC compression (0 none, 1 zstd), TTTTT data type id, bbbb for bool types the
 * position of the last used bit in the last byte (0 is the lowest), else 0 and not looked at.
 * </pre>
 *
 * All numbers are little-endian. The checksum covers the 9 header bytes, the event time and the
 * payload as stored, in this order.
 */
public final class PsdbFormat {
    /** Interoperable with BharatMLStack, byte for byte. */
    public static final int LAYOUT_1 = 1;

    /** Layout 1 plus event time and checksum. */
    public static final int LAYOUT_2 = 2;

    public static final int COMPRESSION_NONE = 0;
    public static final int COMPRESSION_ZSTD = 1;

    static final int SCHEMA_VERSION_OFFSET = 0;
    static final int SCHEMA_VERSION_LENGTH = 2;
    static final int EXPIRY_OFFSET = SCHEMA_VERSION_OFFSET + SCHEMA_VERSION_LENGTH;
    static final int EXPIRY_LENGTH = 5;
    static final int LAYOUT_OFFSET = EXPIRY_OFFSET + EXPIRY_LENGTH;
    public static final int TYPE_OFFSET = LAYOUT_OFFSET + 1;

    /** Length of the header of layout 1, which every layout starts with. */
    public static final int HEADER_LENGTH = TYPE_OFFSET + 1;

    static final int EVENT_TIME_OFFSET = HEADER_LENGTH;
    static final int EVENT_TIME_LENGTH = 8;
    static final int CHECKSUM_OFFSET = EVENT_TIME_OFFSET + EVENT_TIME_LENGTH;
    static final int CHECKSUM_LENGTH = 4;

    /** Length of everything before the payload in layout 2. */
    public static final int LAYOUT_2_HEADER_LENGTH = CHECKSUM_OFFSET + CHECKSUM_LENGTH;

    static final int LAYOUT_SHIFT = 4;
    static final int COMPRESSION_SHIFT = 1;
    static final int COMPRESSION_MASK = 0b0000_1110;
    static final int TYPE_HIGH_MASK = 0b0000_0001;
    static final int TYPE_LOW_SHIFT = 4;
    static final int LAST_BIT_MASK = 0b0000_1111;

    /** A block's length is a uint16 in a CSDB value. */
    public static final int MAX_BLOCK_LENGTH = 65_535;

    /** Most bytes a compressed payload of strings may grow to. */
    public static final int MAX_DECOMPRESSED_LENGTH = 1 << 20;

    /** Bytes of a length before each string. */
    static final int STRING_LENGTH_BYTES = 2;

    private PsdbFormat() {}

    /** Bytes before the payload. */
    public static int headerLength(int layoutVersion) {
        return layoutVersion == LAYOUT_1 ? HEADER_LENGTH : LAYOUT_2_HEADER_LENGTH;
    }

    static int layoutByte(int layoutVersion, int compression, int typeId) {
        return layoutVersion << LAYOUT_SHIFT
                | compression << COMPRESSION_SHIFT
                | typeId >> TYPE_LOW_SHIFT;
    }

    static int typeByte(int typeId, int lastBit) {
        return (typeId << TYPE_LOW_SHIFT | lastBit) & 0xFF;
    }

    /** Bytes that hold this many bits. */
    static int bytesOfBits(int bits) {
        return (bits + 7) >> 3;
    }

    /** Position of the last used bit in the last byte. */
    static int lastBit(int bits) {
        return (8 - (bits & 7)) & 7;
    }

    /** Bit i of a bit string whose first bit is the highest of its first byte. */
    static boolean bit(byte[] src, int offset, int index) {
        return (src[offset + (index >> 3)] >> (7 - (index & 7)) & 1) != 0;
    }

    static void putBit(byte[] dst, int offset, int index, boolean value) {
        int mask = 0x80 >> (index & 7);
        int at = offset + (index >> 3);
        dst[at] = (byte) (value ? dst[at] | mask : dst[at] & ~mask);
    }
}
