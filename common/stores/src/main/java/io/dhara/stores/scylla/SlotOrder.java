package io.dhara.stores.scylla;

import io.dhara.core.interaction.WeekSlots;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * The slots that the weeks of a range live in, each once, the slot of the newest week first.
 *
 * @param slots at most 24
 * @param weekStarts of the newest week of the range that lives in the slot at the same index; epoch
 *     milliseconds, falling or equal
 */
record SlotOrder(List<Integer> slots, List<Long> weekStarts) {
    static final long WEEK_MILLIS = Duration.ofDays(7).toMillis();

    /**
     * @param functions slot functions that the data may have been written by
     * @param fromMillis epoch milliseconds, included
     * @param toMillis epoch milliseconds, included; not before {@code fromMillis}
     */
    static SlotOrder of(List<WeekSlots> functions, long fromMillis, long toMillis) {
        Integer[] slots = new Integer[WeekSlots.SLOTS];
        Long[] starts = new Long[WeekSlots.SLOTS];
        boolean[] seen = new boolean[WeekSlots.SLOTS];
        int found = 0;
        WeekSlots calendar = functions.get(0);
        long oldest = calendar.weekStartMillis(fromMillis);
        for (long week = calendar.weekStartMillis(toMillis);
                week >= oldest && found < WeekSlots.SLOTS;
                week -= WEEK_MILLIS) {
            for (WeekSlots function : functions) {
                int slot = function.slot(week);
                if (!seen[slot]) {
                    seen[slot] = true;
                    slots[found] = slot;
                    starts[found++] = week;
                }
            }
        }
        return new SlotOrder(
                List.of(Arrays.copyOf(slots, found)), List.of(Arrays.copyOf(starts, found)));
    }

    int size() {
        return slots.size();
    }

    int slot(int index) {
        return slots.get(index);
    }

    long weekStartMillis(int index) {
        return weekStarts.get(index);
    }

    /** Nothing in this slot or in a later one of the order is newer, as far as it is in range. */
    long newestMillis(int index) {
        return weekStarts.get(index) + WEEK_MILLIS - 1;
    }
}
