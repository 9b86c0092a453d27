package io.dhara.stores.write.interaction;

import io.dhara.core.interaction.Interaction;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Unites interactions with a user's week blocks. One flush is {@link #prepare} and then {@link
 * Prepared#write}; between the two the caller may make known what is new. One writer per user at a
 * time; different users run side by side. Completions arrive on a driver thread.
 */
public interface ColdTierWriter extends AutoCloseable {

    /** Week blocks read and united, not yet written. */
    interface Prepared {
        /** Of the interactions given, those that the cold tier did not have, newest first. */
        List<Interaction> added();

        /** Interactions, old or new, that exceed the week limit and are not kept. */
        int trimmed();

        /**
         * Writes what changed: one UPDATE per touched table, counts before blocks. Nothing if
         * nothing changed.
         *
         * @param writeTimeMicros grows with every flush of the user
         * @return number of UPDATEs; fails if the store did not take them, and may be repeated
         */
        CompletionStage<Integer> write(long writeTimeMicros);
    }

    /**
     * Reads every cell that the interactions belong to and unites.
     *
     * @param interactions of one user, stored types, in any order; may repeat
     * @return fails if any cell could not be read or decoded: nothing is ever written over what
     *     could not be read
     */
    CompletionStage<Prepared> prepare(String userId, List<Interaction> interactions);

    /** Deletes everything of a user that was written before this time. */
    CompletionStage<Void> erase(String userId, long writeTimeMicros);

    @Override
    void close();
}
