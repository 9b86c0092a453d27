package io.dhara.realtime.domain.tile;

import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Where the ids of the events of one key are kept, each with a number. One thread. */
public interface IdStore {

    /** The number last put, or null. */
    @Nullable Long get(String id);

    void put(String id, long number);

    void remove(String id);

    /**
     * Removes the ids whose number does not pass. Asks once for each.
     *
     * @return how many are left
     */
    int retain(LongPredicate keep);
}
