package io.dhara.core.psdb;

/**
 * The bytes of a CSDB value: the blocks of one entity key.
 *
 * <pre>
 * byte 0       layout version, 1
 * then per feature group, written in ascending order of id, read in any:
 *   uint16     group id
 *   uint16     length of what follows; 0 = known to be absent (negative entry)
 *   length     PSDB block, or for id 65535 the event times, see {@link EventTimes}
 * </pre>
 *
 * Little-endian throughout.
 */
public final class CsdbFormat {
    public static final int LAYOUT_VERSION = 1;
    public static final int HEADER_LENGTH = 1;

    /** Group id and length before each entry. */
    public static final int ENTRY_HEADER_LENGTH = 4;

    static final int LENGTH_OFFSET = 2;

    /** Longest entry: its length is a uint16. */
    public static final int MAX_ENTRY_LENGTH = 65_535;

    /** Reserved group id under which a value carries the write time of each of its groups. */
    public static final int EVENT_TIMES_ID = 65_535;

    private CsdbFormat() {}
}
