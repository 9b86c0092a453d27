package io.dhara.core.interaction;

import java.time.LocalDate;
import java.util.Arrays;

/**
 * Which of the 24 slots of the cold tier a calendar week lives in. Weeks start on Monday 00:00 UTC,
 * whatever the zone of the process.
 */
public enum WeekSlots {
    /** ISO week number mod 24, as BharatMLStack's: the slots of two weeks meet at New Year. */
    ISO_WEEK {
        @Override
        int slotOfWeek(long epochWeek) {
            long thursday = epochWeek * DAYS_PER_WEEK - MONDAY_BEFORE_EPOCH + 3;
            int dayOfYear = LocalDate.ofEpochDay(thursday).getDayOfYear();
            return ((dayOfYear - 1) / DAYS_PER_WEEK + 1) % SLOTS;
        }
    },
    /** Weeks since the epoch mod 24: 24 weeks in a row never share a slot. */
    EPOCH_WEEK {
        @Override
        int slotOfWeek(long epochWeek) {
            return (int) Math.floorMod(epochWeek, (long) SLOTS);
        }
    };

    /** Slots of a user and type. */
    public static final int SLOTS = 24;

    /** Slots of one bucket table of the cold tier. */
    public static final int SLOTS_PER_TABLE = 8;

    private static final int DAYS_PER_WEEK = 7;

    /** The epoch was a Thursday; its week began three days earlier. */
    private static final int MONDAY_BEFORE_EPOCH = 3;

    private static final long DAY_MILLIS = 86_400_000;

    /** Slot of the event's week, 0..23. */
    public int slot(long eventTimeMillis) {
        return slotOfWeek(epochWeek(eventTimeMillis));
    }

    /** Monday 00:00 UTC of the event's week, epoch milliseconds. */
    public long weekStartMillis(long eventTimeMillis) {
        return (epochWeek(eventTimeMillis) * DAYS_PER_WEEK - MONDAY_BEFORE_EPOCH) * DAY_MILLIS;
    }

    /**
     * Every slot that a week of the range lives in, newest week first, each once.
     *
     * @param fromMillis epoch milliseconds, included
     * @param toMillis epoch milliseconds, included; before {@code fromMillis} there is no slot
     */
    public int[] slots(long fromMillis, long toMillis) {
        int[] found = new int[SLOTS];
        boolean[] seen = new boolean[SLOTS];
        int count = 0;
        if (fromMillis <= toMillis) {
            long oldest = epochWeek(fromMillis);
            // any 54 weeks in a row use all slots, so this ends however long the range is
            for (long week = epochWeek(toMillis); week >= oldest && count < SLOTS; week--) {
                int slot = slotOfWeek(week);
                if (!seen[slot]) {
                    seen[slot] = true;
                    found[count++] = slot;
                }
            }
        }
        return Arrays.copyOf(found, count);
    }

    /**
     * @param epochWeek weeks since the Monday before the epoch
     */
    abstract int slotOfWeek(long epochWeek);

    private static long epochWeek(long millis) {
        return Math.floorDiv(Math.floorDiv(millis, DAY_MILLIS) + MONDAY_BEFORE_EPOCH, 7L);
    }
}
