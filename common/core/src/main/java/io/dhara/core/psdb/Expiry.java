package io.dhara.core.psdb;

/**
 * The five expiry bytes: UTC year of the instant (14 bits), whole days since its 1 January (9
 * bits), seconds in the day (17 bits), as a 40-bit number p; stored as the uint32 little-endian p
 * &gt;&gt; 8, then the byte p &amp; 0xFF. All zero = never.
 *
 * <p>Calendar arithmetic is done on numbers (Hinnant, <a
 * href="https://howardhinnant.github.io/date_algorithms.html">date algorithms</a>) so that reading
 * a header allocates nothing.
 */
final class Expiry {
    /** In this package's signatures: the block never expires. */
    static final long NEVER = 0;

    /** 513 days: the longest life the peer writes. */
    static final long MAX_TTL_SECONDS = 513L * 86_400;

    private static final int SECONDS_BITS = 17;
    private static final int DAYS_BITS = 9;
    private static final int YEAR_SHIFT = SECONDS_BITS + DAYS_BITS;
    private static final long MAX_YEAR = (1L << 14) - 1;
    private static final long SECONDS_PER_DAY = 86_400;

    private Expiry() {}

    /** Last second that fits: 31 December of year 16383. */
    static final long MAX_EPOCH_SECONDS = (firstDayOf(MAX_YEAR + 1)) * SECONDS_PER_DAY - 1;

    static void write(byte[] dst, int offset, long epochSeconds) {
        long packed = epochSeconds == NEVER ? 0 : pack(epochSeconds);
        LittleEndian.put32(dst, offset, (int) (packed >>> 8));
        dst[offset + 4] = (byte) packed;
    }

    /**
     * Seconds since the epoch, {@link #NEVER} for five zero bytes. An instant at or before the
     * epoch is reported as 1: it is long past, and 0 means never.
     */
    static long read(byte[] src, int offset) {
        long packed =
                (LittleEndian.int32(src, offset) & 0xFFFF_FFFFL) << 8 | src[offset + 4] & 0xFFL;
        return packed == 0 ? NEVER : Math.max(1, unpack(packed));
    }

    private static long pack(long epochSeconds) {
        long day = Math.floorDiv(epochSeconds, SECONDS_PER_DAY);
        long year = yearOf(day);
        return year << YEAR_SHIFT
                | (day - firstDayOf(year)) << SECONDS_BITS
                | Math.floorMod(epochSeconds, SECONDS_PER_DAY);
    }

    private static long unpack(long packed) {
        long year = packed >>> YEAR_SHIFT;
        long days = packed >>> SECONDS_BITS & (1 << DAYS_BITS) - 1;
        long seconds = packed & (1 << SECONDS_BITS) - 1;
        return (firstDayOf(year) + days) * SECONDS_PER_DAY + seconds;
    }

    /** Days from 1970-01-01 to 1 January of this year (0 or later). */
    private static long firstDayOf(long year) {
        long before = year - 1;
        return year * 365
                + Math.floorDiv(before, 4)
                - Math.floorDiv(before, 100)
                + Math.floorDiv(before, 400)
                - 719_527;
    }

    /** UTC year of a day number; the estimate is at most one off. */
    private static long yearOf(long day) {
        long year = 1970 + Math.floorDiv(day * 400, 146_097);
        if (firstDayOf(year) > day) {
            return year - 1;
        }
        return firstDayOf(year + 1) <= day ? year + 1 : year;
    }
}
