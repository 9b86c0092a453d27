package io.dhara.core.interaction;

/**
 * The bytes of an interaction block: the interactions of one user, type and week slot, newest
 * first. The whole description with worked examples: {@code docs/formats/interactions.md}.
 *
 * <pre>
 *  0        1        2
 * +--------+--------+----------------- - -
 * |nCCCLLLL|nnnnnnnn| body                                           layout 1
 * +--------+--------+----------------- - -
 *
 *  0        1        2        4        8                 8 + 5s
 * +--------+--------+--------+--------+-----------------+--------- - -
 * |0CCCLLLL|sections| events | CRC32C | section table   | body       layout 2
 * +--------+--------+--------+--------+-----------------+--------- - -
 *           uint8 s  uint16   uint32   s x (uint8 id, uint32 length)
 *
 * LLLL layout version, CCC compression (0 none, 1 zstd), n the 9 bits of the event count.
 * </pre>
 *
 * All numbers are little-endian. The checksum covers bytes 0-3, the section table and the body as
 * stored, in this order.
 */
final class InteractionFormat {
    /** Interoperable with BharatMLStack, byte for byte. */
    static final int LAYOUT_1 = 1;

    /** 64-bit ids, one shape for all types, checksum. */
    static final int LAYOUT_2 = 2;

    static final int COMPRESSION_NONE = 0;
    static final int COMPRESSION_ZSTD = 1;

    static final int LAYOUT_MASK = 0b0000_1111;
    static final int COMPRESSION_SHIFT = 4;
    static final int COMPRESSION_MASK = 0b111;

    /** Bit 7 of byte 0: bit 8 of the event count in layout 1, 0 in layout 2. */
    static final int COUNT_HIGH_SHIFT = 7;

    static final int HEADER_LENGTH = 2;

    /** Event count of layout 1: 9 bits. */
    static final int MAX_EVENTS_LAYOUT_1 = 511;

    static final int SECTIONS_OFFSET = 1;
    static final int COUNT_OFFSET = SECTIONS_OFFSET + 1;
    static final int CHECKSUM_OFFSET = COUNT_OFFSET + 2;
    static final int TABLE_OFFSET = CHECKSUM_OFFSET + 4;
    static final int TABLE_ENTRY_LENGTH = 1 + 4;

    /** Event count of layout 2: uint16. */
    static final int MAX_EVENTS_LAYOUT_2 = 65_535;

    static final int MAX_STRING_LENGTH = 65_535;
    static final int STRING_LENGTH_BYTES = 2;

    /** Product id, catalogue id and event time in layout 2, the wider one. */
    static final int NUMBERS_LENGTH = 3 * 8;

    /** Most bytes of a body, decompressed: more than the largest legal body of layout 1. */
    static final int MAX_BODY_LENGTH = 1 << 26;

    private InteractionFormat() {}

    /** Bytes before the body of a layout 2 block. */
    static int bodyOffset(int sections) {
        return TABLE_OFFSET + sections * TABLE_ENTRY_LENGTH;
    }

    static int maxEvents(int layout) {
        return layout == LAYOUT_1 ? MAX_EVENTS_LAYOUT_1 : MAX_EVENTS_LAYOUT_2;
    }
}
