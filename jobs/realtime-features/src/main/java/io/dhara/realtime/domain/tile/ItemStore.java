package io.dhara.realtime.domain.tile;

import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Where the items of the gauges of one key are kept: one number per gauge and item. One thread. */
public interface ItemStore {

    /** The number last put, or null. */
    @Nullable Long get(int gauge, String item);

    void put(int gauge, String item, long register);

    /**
     * Removes the items of a gauge whose number does not pass. Asks once for each item.
     *
     * @return how many are left
     */
    int retain(int gauge, LongPredicate keep);
}
