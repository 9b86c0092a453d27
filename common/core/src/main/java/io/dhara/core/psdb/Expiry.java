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
    private static final int MAX_YEAR = (1 << 14) - 1;
    private static final int EPOCH_YEAR = 1970;
    private static final int DAYS_TO_EPOCH = 719_527;
    private static final int DAYS_IN_400_YEARS = 146_097;
    private static final long SECONDS_PER_DAY = 86_400;

    /** Last second that fits: 31 December of year 16383. */
    static final long MAX_EPOCH_SECONDS = firstDayOf(MAX_YEAR + 1) * SECONDS_PER_DAY - 1;

    private Expiry() {}

    static void write(byte[] dst, int offset, long epochSeconds) {
        long packed = epochSeconds == NEVER ? 0 : pack(epochSeconds);
        LittleEndian.put32(dst, offset, (int) (packed >>> 8));
        dst[offset + 4] = (byte) packed;
    }

    /**
     * Seconds since the epoch, {@link #NEVER} for five zero bytes. The epoch and years before it
     * are reported as 1: they are long past, and 0 means never.
     */
    static long read(byte[] src, int offset) {
        long packed =
                (LittleEndian.int32(src, offset) & 0xFFFF_FFFFL) << 8 | src[offset + 4] & 0xFFL;
        return packed == 0 ? NEVER : unpack(packed);
    }

    private static long pack(long epochSeconds) {
        int day = (int) (epochSeconds / SECONDS_PER_DAY);
        int year = yearOf(day);
        return (long) year << YEAR_SHIFT
                | (long) (day - firstDayOf(year)) << SECONDS_BITS
                | epochSeconds % SECONDS_PER_DAY;
    }

    private static long unpack(long packed) {
        int year = (int) (packed >>> YEAR_SHIFT);
        if (year < EPOCH_YEAR) {
            return 1;
        }
        int days = (int) (packed >>> SECONDS_BITS) & (1 << DAYS_BITS) - 1;
        int seconds = (int) packed & (1 << SECONDS_BITS) - 1;
        return Math.max(1, (firstDayOf(year) + days) * SECONDS_PER_DAY + seconds);
    }

    /** Days from 1970-01-01 to 1 January of this year (1 or later). */
    private static int firstDayOf(int year) {
        int before = year - 1;
        return year * 365 + before / 4 - before / 100 + before / 400 - DAYS_TO_EPOCH;
    }

    /** UTC year of a day from 1970-01-01 on; the estimate is at most one off. */
    private static int yearOf(int day) {
        int year = EPOCH_YEAR + (int) (day * 400L / DAYS_IN_400_YEARS);
        if (firstDayOf(year) > day) {
            return year - 1;
        }
        return firstDayOf(year + 1) <= day ? year + 1 : year;
    }
}
