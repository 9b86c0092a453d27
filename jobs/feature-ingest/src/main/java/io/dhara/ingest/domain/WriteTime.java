package io.dhara.ingest.domain;

/**
 * The number both stores order writes by: {@code event time in ms * 1000 + slot}. The slot breaks
 * ties between records of one millisecond by their Kafka offset, without asking the store.
 *
 * <pre>
 * slot   0..899   offset mod 900
 * slot 900..999   for a record that ties with one seen before it across a wrap of that modulus;
 *                 see {@link TieMemory}
 * </pre>
 */
public final class WriteTime {
    static final int SLOTS_PER_MILLI = 1000;
    static final int NATURAL_SLOTS = 900;
    static final int LAST_SLOT = SLOTS_PER_MILLI - 1;

    private WriteTime() {}

    /** The write time of a record that ties with nothing, epoch microseconds. */
    public static long natural(long eventMillis, long offset) {
        return of(eventMillis, naturalSlot(offset));
    }

    /** The event time in epoch milliseconds. */
    public static long eventMillis(long writeTimeMicros) {
        return Math.floorDiv(writeTimeMicros, SLOTS_PER_MILLI);
    }

    static long of(long eventMillis, int slot) {
        return Math.addExact(Math.multiplyExact(eventMillis, SLOTS_PER_MILLI), slot);
    }

    static int naturalSlot(long offset) {
        return Math.floorMod(offset, NATURAL_SLOTS);
    }
}
